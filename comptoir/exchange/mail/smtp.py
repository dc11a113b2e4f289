"""One message handed to one SMTP server (RFC 5321), over TLS unless the server is told to be trusted without.

What a server answers may quote the addressee: only its numbers leave this module, so that no journal ever holds an address.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage

TIMEOUT_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mails leave. The password is shown by no representation."""

    host: str
    port: int
    security: str  # starttls, tls or none
    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, {self.security})"


class MailNotSent(Exception):
    """The message was not accepted. `code` names why, `smtp` is the server's number (0 when it said none);
    `lasting`: trying again would give the same answer."""

    def __init__(self, code: str, *, smtp: int = 0, lasting: bool = False) -> None:
        super().__init__(f"{code} {smtp}".strip())
        self.code, self.smtp, self.lasting = code, smtp, lasting


def send(message: EmailMessage, *, server: Server, trusted: ssl.SSLContext | None = None) -> None:
    """Hands the message over; returns once the server has accepted it for every addressee.

    `trusted` replaces the machine's certificate authorities. Raises MailNotSent."""
    try:
        with _connected(server, trusted or ssl.create_default_context()) as connection:
            if server.username:
                connection.login(server.username, server.password)
            connection.send_message(message)
    except smtplib.SMTPAuthenticationError as problem:
        raise MailNotSent("login", smtp=problem.smtp_code) from None
    except smtplib.SMTPRecipientsRefused as problem:
        number = max((answer[0] for answer in problem.recipients.values()), default=0)
        raise MailNotSent("address", smtp=number, lasting=500 <= number < 600) from None
    except smtplib.SMTPNotSupportedError:
        raise MailNotSent("security") from None
    except smtplib.SMTPResponseException as problem:
        raise MailNotSent("refused", smtp=problem.smtp_code) from None
    except ssl.SSLError:
        raise MailNotSent("certificate") from None
    except (smtplib.SMTPException, OSError):
        raise MailNotSent("unreachable") from None


def _connected(server: Server, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    if server.security == "starttls":
        try:
            connection.starttls(context=context)
        except BaseException:
            connection.close()
            raise
    return connection
