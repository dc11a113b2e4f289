"""Names of the office's cookies: one of each per dossier, so that two dossiers can be open side by side.

`__Host-` (HTTPS) pins a cookie to this host and to Path=/. The path is no boundary anyway: what binds a session to its
dossier is where its row lives, and the id it carries.
"""

from django.http import HttpRequest

from comptoir.dossiers.binding import current_dossier


def cookie_name(request: HttpRequest, what: str) -> str:
    dossier = current_dossier()
    name = f"comptoir-{what}" + (f"-{dossier.slug}" if dossier is not None else "")
    return f"__Host-{name}" if request.is_secure() else name
