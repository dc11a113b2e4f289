"""Why a person is not let through. The text is for the person, in French; the code for programs."""


class AccessRefusal(Exception):
    """Base of the refusals of this app; `code` is stable, `str()` is shown."""

    code = "refused"


class RightMissing(AccessRefusal):
    code = "right_missing"

    def __init__(self, right: str, label: str) -> None:
        super().__init__(f"Votre rôle ne comprend pas le droit « {label} ». Demandez à un responsable.")
        self.right = right


class CredentialsRefused(AccessRefusal):
    code = "credentials_refused"

    def __init__(self) -> None:
        super().__init__("Identifiant ou mot de passe non reconnu.")


class MustWait(AccessRefusal):
    code = "must_wait"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Trop d’essais. Patientez {seconds} s avant de recommencer.")
        self.seconds = seconds


class PasswordRefused(AccessRefusal):
    code = "password_refused"


class PinRefused(AccessRefusal):
    code = "pin_refused"


class UserRefused(AccessRefusal):
    code = "user_refused"
