"""A server as small as a till needs, that can be killed, made deaf and made to lose its answers.

It serves the built till under the till's own policy, checks every signature and chain, and keeps what it received.
The real server has its own tests; this one exists to be mistreated in the middle of a sale."""

import base64
import contextlib
import hashlib
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from . import till_server_corrections as corrections
from .till_server_parked import ParkedBaskets

DIST = Path(__file__).resolve().parents[2] / "web" / "dist" / "till-probe"
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
SLUG = "essai"
PINS = {"u1": ("Léa Martin", "LM", "cashier", "1470"), "u2": ("Anne Dupont", "AD", "manager", "2580")}
RIGHTS = [
    "till.sell", "till.open_session", "till.close_session", "till.x_report", "till.cash_move", "till.delete_line",
    "till.open_price", "till.discount_line", "till.discount_basket", "till.refund", "till.reprint",
]  # fmt: skip
MANAGERS = [
    "till.change_price", "till.open_drawer", "till.training", "till.blind_count_off", "till.cancel_ticket",
    "till.refund_without_ticket", "till.correct_tender", "catalog.edit",
]  # fmt: skip
CHUNK = 5000


def pin_verifier(pin: str) -> dict:
    salt = hashlib.sha256(pin.encode()).digest()[:16]
    derived = hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, 1000)
    return {"salt": base64.b64encode(salt).decode(), "iterations": 1000, "hash": base64.b64encode(derived).decode()}


def tender(code: str, label: str, kind: str, position: int, **more) -> dict:
    base = {"change": False, "cap_minor": None, "opens_drawer": False, "needs_reference": False, "eligible_only": False}
    return {"code": code, "label": label, "kind": kind, **base, **more, "position": position}


def bootstrap_answer(people: dict = PINS) -> dict:
    cashiers = [
        {
            "id": key, "name": name, "initials": initials, "role": role, "pin": pin_verifier(pin),
            "rights": RIGHTS + (MANAGERS if role == "manager" else []),
        }
        for key, (name, initials, role, pin) in people.items()
    ]  # fmt: skip
    return {
        "shop": {
            "name": "L’Épicerie du Pont", "legal_name": "SARL du Pont", "address": ["12 rue du Pont", "38000 Grenoble"],
            "siret": "73282932000074", "naf": "4711B", "vat_number": "FR44732829320", "phone": "04 76 00 00 00", "footer": [],
            "software": "Comptoir",
        },
        "country": "FR", "mode": "TTC", "currency": "EUR", "zone": "Europe/Paris", "pack": "fr-2026.1", "cash_rounding": "none",
        "tenders": [
            tender("cash", "Espèces", "cash", 1, change=True, opens_drawer=True),
            tender("card", "Carte", "card", 2),
            tender("meal", "Titre-resto", "meal_voucher", 3, cap_minor=2500, eligible_only=True),
            tender("cheque", "Chèque", "cheque", 4, needs_reference=True),
            tender("voucher", "Bon d’achat", "voucher", 5),
            tender("credit_note", "Avoir", "credit_note", 6, needs_reference=True),
            tender("exchange", "Échange", "exchange", 7),
        ],
        "families": [
            {"code": "epicerie", "name": "Épicerie", "colour": 4, "position": 1},
            {"code": "cremerie", "name": "Crèmerie", "colour": 2, "position": 2},
        ],
        "keys": [{"article": f"a{i}", "family": "*", "position": i} for i in range(8)]
        + [{"article": "divers", "family": "*", "position": 9}, {"article": "comte", "family": "*", "position": 10}],
        "cashiers": cashiers,
        "denominations": [50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
        "patterns": [
            {"prefix": "21", "item_digits": 5, "verifier": False, "value_digits": 5, "decimals": 3, "kind": "weight", "name": "Poids"}
        ],
        "return_reasons": [
            {"code": "mind", "label": "A changé d’avis", "disposition": "resale"},
            {"code": "defect", "label": "Défectueux", "disposition": "supplier"},
        ],
        "credit_note": {"valid_days": 365},
        "reasons": [
            {"code": "monnaie", "label": "Monnaie", "direction": "in", "needs_label": False},
            {"code": "fournisseur", "label": "Fournisseur", "direction": "out", "needs_label": True},
            {"code": "coffre", "label": "Vers le coffre", "direction": "out", "needs_label": False},
        ],
        "print": {"policy": "on_demand", "server_printer": True},
        "limits": {"discount_max_e4": {"cashier": 1500, "manager": 5000}, "refund_max_minor": {"cashier": 2000, "manager": 100000}},
        "customers": [{"id": "c1", "name": "Élodie Petit", "phone_tail": "5678"}, {"id": "c2", "name": "Café de la Gare", "phone_tail": "1234"}],
        "catalogue_version": 1, "server_time": "2026-11-22T09:00:00Z",
    }  # fmt: skip


def ean13(body: int) -> str:
    digits = f"{body:012d}"
    total = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(digits))
    return digits + str((10 - total % 10) % 10)


def article(i: int) -> list:
    """Article i: 1,00 € + i cents, at 20 % when even, 5,5 % when odd and then payable in meal vouchers."""
    vat, flags = (550, 4 | 2) if i % 2 else (2000, 4)
    return [
        f"a{i}",
        f"R{i}",
        f"Article n°{i} crème brûlée" if i % 10 == 3 else f"Article n°{i}",
        "epicerie",
        "goods",
        "pce",
        (100 + i % 900) * 100,
        vat,
        flags,
        [ean13(376000000000 + i)],
        0,
        None,
    ]


SPECIAL = [
    ["divers", "DIV", "Divers épicerie", "epicerie", "goods", "pce", 0, 550, 5, [], 0, None],
    ["comte", "COMTE", "Comté 18 mois", "cremerie", "weighed", "kg", 289000, 550, 6, ["2112345000008"], 0, None],
    [
        "pack",
        "PACK",
        "Bière blonde",
        "epicerie",
        "goods",
        "pce",
        15000,
        2000,
        4,
        ["3760000999995", ["3760000999988", 6000]],
        0,
        None,
    ],
]


def created_article(asked: dict) -> list:
    """The article a till asked for, as the catalogue then gives it."""
    price_e4 = asked["price_minor"] * 100
    start = [asked["id"], asked["code"], asked["name"], asked["family"], "goods", "pce", price_e4, asked["vat_e4"]]
    return [*start, 4, [asked["code"]], 0, None]


class TillServer:
    """State and faults. `port` stays the same across `stop` and `start`."""

    def __init__(self, *, articles: int = 60) -> None:
        self.tuples = [article(i) for i in range(articles)] + SPECIAL
        self.bootstrap = bootstrap_answer()
        self.codes = {"ESSAI-1": "C1", "ESSAI-2": "C2"}
        self.generations: dict[str, int] = {}
        self.keys: dict[str, ec.EllipticCurvePublicKey] = {}
        self.records: dict[str, dict] = {}
        self.order: list[str] = []
        self.prints: dict[str, dict] = {}
        self.print_state = "printed"
        self.lose_answers = 0
        self.revoked: set[str] = set()
        self.broken: set[str] = set()  # addresses that answer 500
        self.without_record: set[str] = set()  # attachments whose record is not there
        self.asked_prints: list[float] = []  # when a job's state was asked for
        self.refused: list[str] = []
        self.posts = 0
        self.attachments: list[dict] = []
        self.parked = ParkedBaskets()
        self.new_codes: list[dict] = []
        self.created: list[list] = []
        self.deltas = 0
        self.lose_taken = 0
        self.was_put_back = False
        self.kept_for_a_gap: list[str] = []
        self.events_changed = threading.Event()
        self.files: dict[str, bytes] = {}
        self._chunks: dict[int, bytes] = {}
        self._server: ThreadingHTTPServer | None = None
        self.port = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def page(self) -> str:
        return f"{self.origin}/d/{SLUG}/caisse/"

    def start(self) -> "TillServer":
        handler = type("Handler", (_Handler,), {"till": self})
        self._server = _Server(("127.0.0.1", self.port), handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server.drop_connections()
            self._server = None

    def bodies(self, kind: str) -> list[dict]:
        """Bodies of one type, in the order of their numbers."""
        rows = [record for record in self.records.values() if record["type"] == kind]
        return [json.loads(row["body"]) for row in sorted(rows, key=lambda row: (row["chain"], row["seq"]))]

    def put_back(self, chain: str, *, last: int) -> None:
        """An older copy of the dossier takes the place: this chain ends at `last`, and gaps are kept as the real server does."""
        self.was_put_back = True
        for key in [one for one, row in self.records.items() if row["chain"] == chain and row["seq"] > last]:
            del self.records[key]
            self.order.remove(key)

    def chunk(self, i: int) -> bytes:
        if i not in self._chunks:
            self._chunks[i] = json.dumps({"articles": self.tuples[i * CHUNK : (i + 1) * CHUNK]}).encode()
        return self._chunks[i]

    def enrol(self, body: dict) -> dict:
        register = self.codes.get(body["code"])
        if register is None:
            raise KeyError("code")
        key = serialization.load_der_public_key(base64.b64decode(body["public_key"]))
        _verify(key, body["proof"], "comptoir-enrol:" + body["code"])
        generation = self.generations[register] = self.generations.get(register, 0) + 1
        self.keys[f"{register}-{generation}"] = key
        return {
            "token": f"token-{register}-{generation}", "dossier": "0199-essai", "slug": SLUG, "register": register,
            "register_name": "Caisse " + register[1:], "generation": generation, "establishment": "73282932000074",
            "perpetual": {"algebraic_minor": 0, "absolute_minor": 0}, "server_key": "", "enrolment": None,
        }  # fmt: skip

    def receive(self, batch: list[dict]) -> list[dict]:
        results = []
        for record in batch:
            known = self.records.get(record["id"])
            if known:
                same = known["body"] == record["body"] and known["signature"] == record["signature"]
                results.append(
                    {"id": record["id"], "status": "duplicate" if same else "kept", "code": None, "detail": None}
                )
                continue
            problem = self._problem(record)
            if problem and problem.startswith("gap") and self.was_put_back:
                self.kept_for_a_gap.append(record["id"])
                results.append({"id": record["id"], "status": "kept", "code": "gap", "detail": None})
                continue
            if problem:
                self.refused.append(problem)
            self.records[record["id"]] = record
            self.order.append(record["id"])
            for intent in record.get("print", []):
                self.prints.setdefault(intent["job"], {"state": self.print_state, **intent})
            results.append(
                {"id": record["id"], "status": "kept" if problem else "stored", "code": problem, "detail": None}
            )
        self.events_changed.set()
        return results

    def _problem(self, record: dict) -> str | None:
        chain = [row for row in self.records.values() if row["chain"] == record["chain"]]
        if record["seq"] != len(chain) + 1:
            return f"gap {record['chain']} {record['seq']}"
        previous = max(chain, key=lambda row: row["seq"])["signature"] if chain else ""
        if f",{previous},{hashlib.sha256(record['body'].encode()).hexdigest()}" not in record["to_sign"]:
            return "chain"
        try:
            _verify(self.keys[record["chain"].rsplit("-", 1)[0]], record["signature"], record["to_sign"])
        except InvalidSignature:
            return "signature"
        return None

    def heads(self) -> list[dict]:
        tops: dict[str, dict] = {}
        for record in self.records.values():
            if record["seq"] > tops.get(record["chain"], {"seq": 0})["seq"]:
                tops[record["chain"]] = {
                    "chain": record["chain"],
                    "seq": record["seq"],
                    "signature": record["signature"],
                }
        return list(tops.values())


def _verify(key, signature: str, text: str) -> None:
    raw = base64.urlsafe_b64decode(signature + "==")
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(der, text.encode(), ec.ECDSA(hashes.SHA256()))


class _Server(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *args) -> None:
        self._open: set = set()
        super().__init__(*args)

    def process_request(self, request, client_address) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address) -> None:
        """A browser that was killed left its connection in the middle: nothing to say."""

    def drop_connections(self) -> None:
        for request in list(self._open):
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    till: TillServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args) -> None:
        pass

    def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def _json(self, value: object, status: int = 200) -> None:
        self._send(status, json.dumps(value).encode())

    def do_GET(self) -> None:
        root, api = f"/d/{SLUG}/caisse/", f"/d/{SLUG}/api/till/"
        path = self.path.split("?")[0]
        if path.startswith(root):
            return self._file(path[len(root) :] or "index.html")
        if not path.startswith(api):
            return self._json({"code": "not_found"}, 404)
        name = path[len(api) :]
        if name == "bootstrap":
            self._json(self.till.bootstrap)
        elif name == "catalogue/manifest":
            count = len(self.till.tuples)
            self._json({"version": 1, "count": count, "chunks": -(-count // CHUNK), "digest": ""})
        elif name.startswith("catalogue/chunks/"):
            self._send(200, self.till.chunk(int(name.rsplit("/", 1)[1])))
        elif name == "catalogue/delta":
            self.till.deltas += 1
            self._json({"version": 1 + len(self.till.created), "articles": self.till.created, "removed": []})
        elif name == "heads":
            self._json({"heads": self.till.heads(), "perpetual": {}})
        elif name == "tickets" or name.startswith(("tickets/", "credit-notes/")):
            answer = corrections.answer(self.till.bodies("ticket"), self.till.records, self.path.split("/api/till/")[1])
            self._json(answer or {"code": "not_found", "detail": "Ticket inconnu."}, 200 if answer else 404)
        elif name == "parked":
            self._json({"baskets": self.till.parked.waiting(self._register())})
        elif name.startswith("print/"):
            self.till.asked_prints.append(time.monotonic())
            job = self.till.prints.get(name.rsplit("/", 1)[1])
            self._json({"job": name, "state": job["state"], "message": job.get("message")}) if job else self._json(
                {}, 404
            )
        else:
            self._json({"code": "not_found"}, 404)

    def _file(self, name: str) -> None:
        content = self.till.files.get(name)
        path = DIST / name
        if content is None and not path.is_file():
            return self._json({"code": "not_found"}, 404)
        self._send(
            200,
            content if content is not None else path.read_bytes(),
            TYPES.get(path.suffix, "application/octet-stream"),
        )

    def _register(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer token-").rsplit("-", 1)[0]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = self.path.split("/api/till/")[-1]
        if name == "enrol":
            try:
                return self._json(self.till.enrol(body))
            except KeyError:
                return self._json(
                    {"code": "enrolment_code", "detail": "Ce code n’est pas connu.", "title": "Code inconnu"}, 400
                )
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token.startswith("token-") or token in self.till.revoked:
            return self._json({"code": "revoked"}, 401)
        if name in self.till.broken:
            return self._json({"code": "broken"}, 500)
        if name == "records":
            self.till.posts += 1
            results = self.till.receive(body["records"])
            if self.till.lose_answers > 0:
                self.till.lose_answers -= 1
                self.close_connection = True
                self.connection.close()
                return None
            return self._json({"results": results, "heads": self.till.heads()})
        if name == "catalogue/codes":
            self.till.new_codes.append(body)
            return self._json({"status": "attached"})
        if name == "catalogue/articles":
            self.till.created.append(created_article(body))
            return self._json({"id": body["id"]})
        if name == "parked":
            return self._json(self.till.parked.park(body, register=self._register()))
        if name.startswith("parked/"):
            taken = self.till.parked.take(name.split("/")[1], body, register=self._register())
            if self.till.lose_taken > 0:
                self.till.lose_taken -= 1
                self.close_connection = True
                self.connection.close()
                return None
            return self._json(taken or {"code": "basket_taken", "detail": "Repris."}, 200 if taken else 409)
        if name == "attachments" and body["id"] in self.till.without_record:
            return self._json({"code": "no_record"}, 409)
        if name == "attachments":
            self.till.attachments.append(body)
            return self._json({"id": body["id"], "digest": ""})
        if name == "print":
            self.till.prints.setdefault(body["job"], {"state": self.till.print_state, **body})
            return self._json({"job": body["job"], "state": self.till.prints[body["job"]]["state"]})
        return self._json({"code": "not_found"}, 404)
