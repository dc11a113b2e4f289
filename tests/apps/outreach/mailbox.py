"""A real SMTP server on loopback that keeps what it receives; it can ask for a login, and refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

ACCOUNT = LoginPassword(b"boutique", b"mot de passe d'envoi")


class Mailbox:
    """What arrived: (addressees, message). `refuse` is the answer given to the next RCPT instead of accepting."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], EmailMessage]] = []
        self.refuse = ""
        self.port = 0

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options) -> str:  # noqa: N802
        if self.refuse:
            return f"{self.refuse} <{address}>"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.received.append((list(envelope.rcpt_tos), message))
        return "250 OK"


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(
            self.handler, auth_required=True, auth_require_tls=False,
            authenticator=lambda server, session, envelope, mechanism, data: AuthResult(success=data == ACCOUNT, handled=False),
        )  # fmt: skip

    def _trigger_server(self) -> None:
        """The port is chosen by the system: it is known once the server listens, and then knocked at."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    controller = _Controller(box, hostname="127.0.0.1", port=0)
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()
