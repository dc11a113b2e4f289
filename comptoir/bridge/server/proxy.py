"""The shop's server seen through the bridge, so that the till's page has one origin, on loopback, with its devices."""

import http.client
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

CONNECTION_ONLY = frozenset(
    [
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "host",
    ]
)
TIMEOUT_S = 20.0


class UpstreamGone(OSError):
    """The shop's server does not answer."""


class Upstream:
    """Where requests go. `base` such as http://192.168.1.10:8000. Raises ValueError for another kind of address."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError(f"adresse de serveur illisible : {base!r} (attendu : http://192.168.1.10:8000)")
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port or (443 if self._secure else 80)
        self.netloc = parts.netloc
        self.origin = f"{parts.scheme}://{parts.netloc}"

    def _headers(self, headers: Iterable[tuple[str, str]], bridge_origin: str) -> dict[str, str]:
        """The browser's headers as the server must see them: its own host, and its own origin where the bridge's stood."""
        given = list(headers)
        kept_back = CONNECTION_ONLY | _named_by_connection(given)
        passed = {name: value for name, value in given if name.lower() not in kept_back}
        for name in list(passed):
            if name.lower() in ("origin", "referer"):
                passed[name] = passed[name].replace(bridge_origin, self.origin, 1)
        passed["Host"] = self.netloc
        passed["Connection"] = "close"
        return passed

    def ask(
        self, method: str, path: str, *, headers: Iterable[tuple[str, str]], body: bytes, bridge_origin: str
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body of the server's answer. Raises UpstreamGone."""
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body=body or None, headers=self._headers(headers, bridge_origin))
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, self._answer_headers(answer.getheaders(), bridge_origin), content
        except (OSError, http.client.HTTPException) as reason:
            raise UpstreamGone(str(reason)) from reason
        finally:
            connection.close()

    def _answer_headers(self, headers: Iterable[tuple[str, str]], bridge_origin: str) -> list[tuple[str, str]]:
        given = list(headers)
        kept_back = CONNECTION_ONLY | _named_by_connection(given) | {"content-length", "server", "date"}
        kept = [(n, v) for n, v in given if n.lower() not in kept_back]
        return [(n, v.replace(self.origin, bridge_origin, 1) if n.lower() == "location" else v) for n, v in kept]


def _named_by_connection(headers: Iterable[tuple[str, str]]) -> set[str]:
    """Headers that the one before declared to be for this stretch of the way only (RFC 9110, 7.6.1)."""
    return {one.strip().lower() for name, value in headers if name.lower() == "connection" for one in value.split(",")}


def problem(status: int, code: str, title: str, detail: str) -> tuple[int, Mapping[str, object]]:
    """An RFC 9457 problem document, as the shop's server writes them."""
    return status, {
        "type": f"urn:comptoir:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
    }
