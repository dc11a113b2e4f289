"""The bridge as a process: prints with the server dead, keeps the second journal through a kill, refuses strangers."""

import contextlib
import hashlib
import http.client
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from comptoir.bridge.server.journal import Journal, NotARecord
from comptoir.bridge.simulator.printer import PrinterSimulator

pytestmark = pytest.mark.slow  # a process of its own, a printer on a socket, and their waits

RECEIPT = json.loads((Path(__file__).parent / "sample_receipt.json").read_text(encoding="utf-8"))


def record(seq, chain="C1-1-ticket"):
    return {"id": str(uuid.UUID(int=seq)), "chain": chain, "seq": seq, "type": "ticket", "body": f'{{"n":{seq},"l":"é"}}',
            "to_sign": "x", "signature": "A" * 86}  # fmt: skip


class Bridge:
    """A bridge process on a free port."""

    def __init__(self, home, *, server, printer):
        self.home, self.server, self.printer = home, server, printer
        self.start()

    def start(self):
        command = [
            sys.executable,
            "-m",
            "comptoir",
            "bridge",
            "--port",
            "0",
            "--home",
            str(self.home),
            "--server",
            self.server,
        ]
        self.process = subprocess.Popen([*command, "--printer", self.printer], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split(":")[-1].strip().strip("/"))

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(timeout=10)
        self.process.stdout.close()

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Host": f"127.0.0.1:{self.port}", "Origin": f"http://127.0.0.1:{self.port}"} | {
            name.replace("_", "-"): value for name, value in headers.items() if value is not None
        }
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            if value:
                connection.putheader(name, value)
        if content is not None:
            connection.putheader("Content-Length", str(len(content)))
        connection.endheaders(content)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, json.loads(data) if "json" in (answer.headers["Content-Type"] or "") else data


class Shop(BaseHTTPRequestHandler):
    """A server behind the bridge, that says what it was asked."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        seen = {
            "path": self.path,
            "host": self.headers["Host"],
            "origin": self.headers["Origin"],
            "token": self.headers["Authorization"],
            "body": body.decode(),
        }
        content = json.dumps(seen).encode()
        self.send_response(418)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def printer():
    simulator = PrinterSimulator().start()
    yield simulator
    simulator.stop()


@pytest.fixture
def bridge(tmp_path, printer):
    bridge = Bridge(tmp_path, server="http://127.0.0.1:9", printer=f"127.0.0.1:{printer.port}")
    yield bridge
    bridge.stop()


def intent(**more):
    return {"job": str(uuid.uuid4()), "kind": "receipt", "receipt": RECEIPT, "drawer": True, "copies": 1} | more


def wait_until(condition, seconds=8):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for never came"
        time.sleep(0.05)


def test_prints_and_opens_the_drawer_with_the_server_dead(bridge, printer):
    asked = intent()
    status, answer = bridge.ask("POST", "/bridge/v1/print", asked)
    assert (status, answer["state"]) == (202, "queued")
    wait_until(lambda: bridge.ask("GET", f"/bridge/v1/jobs/{asked['job']}")[1]["state"] == "printed")
    assert (printer.cuts, printer.pulses) == (1, 1)
    bridge.ask("POST", "/bridge/v1/print", asked)
    assert bridge.ask("POST", "/bridge/v1/print", asked | {"copies": 2})[0] == 409
    time.sleep(0.3)
    assert (printer.cuts, printer.pulses) == (1, 1)
    status, answer = bridge.ask("POST", "/d/demo/api/till/records", {"records": []})
    assert (status, answer["code"]) == (503, "server_gone")


def test_health_says_what_to_do(bridge, printer):
    printer.state = "paper_out"
    wait_until(lambda: bridge.ask("GET", "/bridge/v1/health")[1]["printer"]["code"] == "paper_out")
    health = bridge.ask("GET", "/bridge/v1/health")[1]
    assert health["name"] == "comptoir-bridge"
    assert health["printer"]["message_fr"] == "Imprimante sans papier."
    assert health["printer"]["action_fr"] == "Changez le rouleau : le ticket sortira seul."
    bridge.ask("POST", "/bridge/v1/print", intent(drawer=False))
    wait_until(lambda: bridge.ask("GET", "/bridge/v1/health")[1]["printer"]["waiting"] == 1)
    printer.state = "ok"
    wait_until(lambda: printer.cuts == 1)


def test_the_server_is_seen_through_the_bridge(tmp_path, printer):
    shop = HTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{shop.server_address[1]}"
    bridge = Bridge(tmp_path, server=origin, printer=f"127.0.0.1:{printer.port}")
    try:
        status, seen = bridge.ask("POST", "/d/demo/x?y=1", {"é": 1}, Authorization="Bearer secret")
        assert status == 418
        assert seen == {"path": "/d/demo/x?y=1", "host": origin.removeprefix("http://"), "origin": origin, "token": "Bearer secret",
                        "body": json.dumps({"é": 1})}  # fmt: skip
    finally:
        bridge.stop()
        shop.shutdown()
        shop.server_close()


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Host": "evil.example"}, "foreign_host"),
        ({"Host": "127.0.0.1:1"}, "foreign_host"),
        ({"Origin": "http://evil.example"}, "foreign_origin"),
        ({"Origin": "null"}, "foreign_origin"),
        ({"Sec_Fetch_Site": "cross-site"}, "foreign_site"),
        ({"Origin": ""}, "foreign_origin"),
    ],
)
def test_strangers_are_refused_and_nothing_is_done(bridge, printer, headers, code):
    for path, body in (("/bridge/v1/print", intent()), ("/bridge/v1/journal", record(1)), ("/d/demo/", {"a": 1})):
        status, answer = bridge.ask("POST", path, body, **headers)
        assert (status, answer["code"]) == (403, code)
    assert bridge.ask("GET", "/bridge/v1/journal/heads")[1] == {"heads": []}
    time.sleep(0.2)
    assert printer.items == []


def test_what_cannot_be_read_is_refused(bridge, printer):
    for body in (b"", b"[]", b"{", b"[" * 100_000):
        assert bridge.ask("POST", "/bridge/v1/print", body)[0] == 400
    for change in ({"job": "x"}, {"receipt": []}, {"drawer": None}, {"copies": 9}, {"receipt": None, "drawer": False}):
        assert bridge.ask("POST", "/bridge/v1/print", intent(**change))[0] == 400
    assert bridge.ask("POST", "/bridge/v1/print", Content_Length="6000001")[0] == 413
    assert bridge.ask("GET", "/bridge/v1/secret")[0] == 404
    assert bridge.ask("GET", f"/bridge/v1/jobs/{uuid.uuid4()}")[0] == 404
    assert printer.items == []


def test_half_a_request_is_not_passed_on(tmp_path, printer):
    shop = HTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    asked = []
    shop.RequestHandlerClass = type("Counting", (Shop,), {"do_POST": lambda self: asked.append(self.path)})
    bridge = Bridge(tmp_path, server=f"http://127.0.0.1:{shop.server_address[1]}", printer=f"127.0.0.1:{printer.port}")
    try:
        head = "POST {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nOrigin: http://127.0.0.1:{}\r\nContent-Length: 100\r\n\r\n"
        for path in ("/d/demo/x", "/bridge/v1/journal", "/bridge/v1/print"):
            with socket.create_connection(("127.0.0.1", bridge.port), timeout=5) as half:
                half.sendall(head.format(path, bridge.port, bridge.port).encode() + b'{"a":')
                half.shutdown(socket.SHUT_WR)
                assert half.recv(1000) == b""
        for text in (b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"POST /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", bridge.port), timeout=5) as odd:
                odd.sendall(text)
                odd.recv(1000)
        assert bridge.ask("GET", "/bridge/v1/journal/heads") == (200, {"heads": []})
        assert asked == [] and printer.items == []
    finally:
        bridge.stop()
        shop.shutdown()
        shop.server_close()


def test_a_flood_of_connections_leaves_the_till_its_place(bridge):
    crowd = []
    for _ in range(300):
        with contextlib.suppress(OSError):
            crowd.append(socket.create_connection(("127.0.0.1", bridge.port), timeout=5))
    threads = len(list(Path(f"/proc/{bridge.process.pid}/task").iterdir()))
    assert threads < 80
    for one in crowd:
        one.close()
    wait_until(lambda: bridge.ask("GET", "/bridge/v1/health")[0] == 200)


def test_a_person_without_a_kept_page_reads_french(bridge):
    status, page = bridge.ask("GET", "/d/demo/caisse/", Origin="", Accept="text/html,*/*")
    assert status == 503
    assert "Le serveur du magasin ne répond pas." in page.decode()
    assert bridge.ask("GET", "/d/demo/api/till/heads", Origin="")[1]["code"] == "server_gone"


def test_nothing_acknowledged_is_lost_when_killed_in_the_middle(bridge):
    acknowledged = []

    def write():
        with contextlib.suppress(OSError, http.client.HTTPException):
            for seq in range(1, 10_000):
                if bridge.ask("POST", "/bridge/v1/journal", record(seq))[0] == 201:
                    acknowledged.append(seq)

    writer = threading.Thread(target=write)
    writer.start()
    wait_until(lambda: len(acknowledged) > 30)
    bridge.stop(signal.SIGKILL)
    writer.join(timeout=20)
    bridge.start()
    [head] = bridge.ask("GET", "/bridge/v1/journal/heads")[1]["heads"]
    assert head["seq"] - len(acknowledged) in (0, 1)  # one may have been written without its answer
    kept = [
        json.loads(line.split(b" ", 1)[1])["seq"] for line in (bridge.home / "journal.jsonl").read_bytes().splitlines()
    ]
    assert kept == list(range(1, head["seq"] + 1))


def test_the_second_journal_survives_a_kill(bridge):
    for seq in range(1, 21):
        assert bridge.ask("POST", "/bridge/v1/journal", record(seq))[0] == 201
    bridge.stop(signal.SIGKILL)
    bridge.start()
    assert bridge.ask("GET", "/bridge/v1/journal/heads")[1]["heads"] == [
        {"chain": "C1-1-ticket", "seq": 20, "digest": hashlib.sha256(b"A" * 86).hexdigest()}
    ]
    assert bridge.ask("POST", "/bridge/v1/journal", record(20))[0] == 200
    lines = (bridge.home / "journal.jsonl").read_bytes().splitlines()
    assert [json.loads(line.split(b" ", 1)[1]) for line in lines] == [record(seq) for seq in range(1, 21)]
    for line in lines:
        digest, text = line.split(b" ", 1)
        assert hashlib.sha256(text).hexdigest().encode() == digest


@pytest.mark.parametrize("kept", [0, 1, 40, 100])
def test_a_torn_line_is_cut_off_and_kept_apart(tmp_path, kept):
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.append(record(1))
    whole = path.stat().st_size
    journal.append(record(2))
    journal.close()
    data = path.read_bytes()
    path.write_bytes(data[: whole + kept])
    journal = Journal(path)
    assert [one["seq"] for one in journal.records()] == [1]
    assert journal.append(record(2))
    assert [one["seq"] for one in journal.records()] == [1, 2]
    journal.close()
    torn = path.with_suffix(".torn")
    assert (torn.read_bytes() if torn.exists() else b"") == data[whole : whole + kept]


@pytest.mark.parametrize("change", [{"seq": 0}, {"seq": True}, {"body": ""}, {"more": "x"}, {"signature": 3}])
def test_only_records_are_written(tmp_path, change):
    journal = Journal(tmp_path / "journal.jsonl")
    with pytest.raises(NotARecord):
        journal.append(record(1) | change)
    assert (tmp_path / "journal.jsonl").read_bytes() == b""
    journal.close()


def test_a_ticket_of_two_thousand_lines_passes_the_bridge(tmp_path, printer):
    """What the server takes and the journal keeps: the bridge is no narrower than they are."""
    shop = HTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    bridge = Bridge(tmp_path, server=f"http://127.0.0.1:{shop.server_address[1]}", printer=f"127.0.0.1:{printer.port}")
    try:
        long = record(1) | {"body": "x" * 5_500_000}
        assert bridge.ask("POST", "/bridge/v1/journal", long) == (201, {"id": long["id"], "state": "written"})
        status, seen = bridge.ask("POST", "/d/demo/api/till/records", long)
        assert (status, json.loads(seen["body"]) == long) == (418, True)
    finally:
        bridge.stop()
        shop.shutdown()
        shop.server_close()


def test_what_belongs_to_one_stretch_of_the_way_stays_there(tmp_path, printer):
    asked = []

    def unchanged(self):
        asked.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(304)
        self.send_header("ETag", '"a"')
        self.send_header("Connection", "close, X-Hop")
        self.send_header("X-Hop", "1")
        self.end_headers()

    shop = HTTPServer(("127.0.0.1", 0), type("Unchanged", (Shop,), {"do_GET": unchanged}))
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    bridge = Bridge(tmp_path, server=f"http://127.0.0.1:{shop.server_address[1]}", printer=f"127.0.0.1:{printer.port}")
    try:
        connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=10)
        connection.request(
            "GET", "/d/demo/", headers={"Connection": "keep-alive, X-Mine", "X-Mine": "1", "X-Kept": "2"}
        )
        answer = connection.getresponse()
        said = {name.lower(): value for name, value in answer.getheaders()}
        connection.close()
        assert (answer.status, said) == (304, {"etag": '"a"'})
        assert ("x-mine" in asked[0], asked[0]["x-kept"], asked[0]["connection"]) == (False, "2", "close")
    finally:
        bridge.stop()
        shop.shutdown()
        shop.server_close()


def test_a_second_bridge_on_the_same_folder_is_refused_before_it_touches_anything(bridge, tmp_path):
    jobs = sqlite3.connect(tmp_path / "jobs.sqlite", isolation_level=None)
    jobs.execute(
        "INSERT INTO job (id, digest, copies, pulse, state, at, not_before, attempts) VALUES ('j', '', 1, 0, 'sending', 0, 0, 0)"
    )
    second = [sys.executable, "-m", "comptoir", "bridge", "--port", "0", "--home", str(tmp_path)]
    refused = subprocess.run(second, capture_output=True, text=True, timeout=60)
    assert (refused.returncode, refused.stderr) == (
        3, f"Un pont travaille déjà avec {tmp_path}. Un second pont sur ce poste demande un autre dossier : --home.\n",
    )  # fmt: skip
    assert jobs.execute("SELECT state FROM job WHERE id = 'j'").fetchone() == ("sending",)
    jobs.close()


def test_a_port_already_taken_is_said(bridge, tmp_path):
    second = [sys.executable, "-m", "comptoir", "bridge", "--port", str(bridge.port), "--home", str(tmp_path / "b")]
    refused = subprocess.run(second, capture_output=True, text=True, timeout=60)
    assert (refused.returncode, refused.stderr) == (
        1, f"Le pont ne peut pas ouvrir le port {bridge.port} : il est déjà pris. Un autre : --port {bridge.port + 1}\n",
    )  # fmt: skip
