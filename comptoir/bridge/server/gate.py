"""Who may speak to the bridge: this machine's browser, from the bridge's own page, and nobody else.

The host must be a loopback name (a page of another site that resolves to 127.0.0.1 names its own host), and a request
that carries an origin must carry the bridge's.
"""

from collections.abc import Mapping


def allowed_hosts(port: int) -> frozenset[str]:
    names = ("127.0.0.1", "localhost")
    return frozenset(names if port == 80 else (f"{name}:{port}" for name in names))  # 80 is never written by a browser


def refusal(headers: Mapping[str, str], *, method: str, port: int) -> str | None:
    """Why a request is refused, or None. A call that changes something must show its origin or that it is same-origin."""
    host = headers.get("Host", "")
    if host not in allowed_hosts(port):
        return "host"
    origin = headers.get("Origin")
    if origin is not None and origin != f"http://{host}":
        return "origin"
    site = headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return "site"
    if method not in ("GET", "HEAD") and origin is None and site is None:
        return "origin"
    return None
