"""PINs of the till: 4 to 6 digits, on an enrolled device only, checked offline by the till.

WebCrypto has no argon2, hence PBKDF2-HMAC-SHA256. Four digits resist no one who holds the verifier: the till wraps it
with a key that cannot leave the browser, and the password stays what opens the office.
"""

import base64
import hashlib
import re
import secrets

from comptoir.apps.access.models import User
from comptoir.apps.access.refusals import PinRefused
from comptoir.apps.access.services.require_right import require_over

ITERATIONS = 120_000
_SHAPE = re.compile(r"[0-9]{4,6}")
_SEQUENCES = ("0123456789", "9876543210")


def check_pin(pin: str) -> None:
    """Raises PinRefused when a PIN is not 4 to 6 digits, or is the first that a thief would try."""
    if not _SHAPE.fullmatch(pin):
        raise PinRefused("Le code compte 4 à 6 chiffres.")
    if len(set(pin)) == 1 or any(pin in sequence for sequence in _SEQUENCES):
        raise PinRefused("Ce code se devine trop vite. Évitez les chiffres répétés ou qui se suivent.")


def verify_pin(user: User, *, pin: str) -> bool:
    """Whether a PIN is this person's."""
    if user.pin_hash is None or not _SHAPE.fullmatch(pin):
        return False
    derived = _derive(pin, base64.b64decode(user.pin_salt), user.pin_iterations)
    return secrets.compare_digest(derived, user.pin_hash)


def set_pin(user: User, *, pin: str | None, by: User) -> None:
    """Give a person a PIN, or take it away with None.

    Anybody may change their own; another person's needs `users.manage`, an owner's or an auditor's `rights.manage`. A till
    finds the person by the PIN, so no two active people may share one. Raises PinRefused, RightMissing, and writes nothing.
    """
    if by.pk != user.pk:
        require_over(by, role=user.role)
    if pin is not None and not user.active:
        raise PinRefused("Cette personne ne travaille plus ici. Réactivez-la d’abord, puis donnez-lui un code.")
    if pin is not None:
        check_pin(pin)
        refuse_shared_pin(user, pin=pin)
    store_pin(user, pin=pin)
    user.save(update_fields=["pin_salt", "pin_iterations", "pin_hash"])


def store_pin(user: User, *, pin: str | None) -> None:
    """Put a checked PIN's verifier on a person, without saving."""
    if pin is None:
        user.pin_salt = user.pin_iterations = user.pin_hash = None
        return
    salt = secrets.token_bytes(16)
    user.pin_salt = base64.b64encode(salt).decode()
    user.pin_iterations = ITERATIONS
    user.pin_hash = _derive(pin, salt, ITERATIONS)


def refuse_shared_pin(user: User, *, pin: str) -> None:
    """Raises PinRefused when another active person has this PIN."""
    others = User.objects.filter(active=True).exclude(pk=user.pk).exclude(pin_hash=None)
    if any(verify_pin(other, pin=pin) for other in others):
        raise PinRefused("Ce code est déjà pris. Choisissez-en un autre.")


def _derive(pin: str, salt: bytes, iterations: int) -> str:
    return base64.b64encode(hashlib.pbkdf2_hmac("sha256", pin.encode("ascii"), salt, iterations)).decode()
