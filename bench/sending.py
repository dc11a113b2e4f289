"""Tills that only send: every byte of every request is made beforehand, so that the client costs next to nothing."""

import json
import socket
import threading
import time
from typing import NamedTuple

from comptoir.exchange.replay.softtill import SoftTill
from tests.faults.real_server import Server, enrolled_tills

TILLS = 8


class Queue(NamedTuple):
    """One till's requests, ready to be written to a socket."""

    requests: list[bytes]
    tickets: int


def line(number: int, *, price_e4: int, vat_e4: int) -> dict:
    return {
        "id": str(number), "article": None, "label": f"Article de mesure {number}", "family": "epicerie",
        "kind": "goods", "quantity_milli": 1_000 * number, "unit": "pce", "unit_price_e4": price_e4, "vat_e4": vat_e4,
    }  # fmt: skip


def sell_typical(till: SoftTill, *, number: int) -> dict:
    """A ticket of three lines and two payments."""
    basket = till.basket(
        [line(1, price_e4=34_500 + number % 97 * 100, vat_e4=550), line(2, price_e4=12_900, vat_e4=2_000),
         line(3, price_e4=8_000, vat_e4=2_000)]
    )  # fmt: skip
    priced = till.price(basket)
    tenders = [{"id": "1", "type": "card", "amount_minor": priced["gross_minor"] - 500, "reference": None},
               {"id": "2", "type": "cash", "amount_minor": 500, "reference": None}]  # fmt: skip
    return till.sell(basket=basket, settle=till.settlement(priced=priced, tenders=tenders))


def queues(server: Server, *, tickets: int, batch: int, first: int = 1) -> list[Queue]:
    """Eight enrolled tills with an open session each, and their sealed tickets cut into requests."""
    made = []
    for till, storage, enrolled in enrolled_tills(server, count=TILLS, first=first):
        enrolled.connection.post_records(till.next_batch())
        storage.acknowledge([record["id"] for record in storage.waiting(limit=9)])
        records = [sell_typical(till, number=number) for number in range(tickets)]
        path = f"/d/{server.base_url.rsplit('/', 1)[1]}/api/till/records"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {enrolled.connection.token}\r\n"
        )
        requests = []
        for start in range(0, tickets, batch):
            body = json.dumps({"records": records[start : start + batch]}, ensure_ascii=False).encode()
            requests.append(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        made.append(Queue(requests, tickets))
    return made


def send_all(port: int, made: list[Queue]) -> int:
    """Sends every queue at once, one connection a till; tickets acknowledged as stored per second.

    Raises AssertionError when a single ticket was answered otherwise."""
    start = threading.Barrier(len(made) + 1)
    failures: list[str] = []
    threads = [threading.Thread(target=_send, args=(port, one, start, failures)) for one in made]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter_ns()
    for thread in threads:
        thread.join()
    took = time.perf_counter_ns() - began
    assert not failures, failures[0]
    return sum(one.tickets for one in made) * 1_000_000_000 // took


def _send(port: int, queue: Queue, start: threading.Barrier, failures: list[str]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as stream:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start.wait()
        for request in queue.requests:
            stream.sendall(request)
            answer = _read(stream)
            wanted = request.count(b'"to_sign"')
            if not answer.startswith(b"HTTP/1.1 200") or answer.count(b'"stored"') != wanted:
                failures.append(answer[:500].decode("utf-8", "replace"))
                return


def _read(stream: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(stream)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(int(row.split(b":")[1]) for row in head.lower().split(b"\r\n") if row.startswith(b"content-length:"))
    while len(body) < length:
        body += _more(stream)
    return head + b"\r\n\r\n" + body


def _more(stream: socket.socket) -> bytes:
    piece = stream.recv(1 << 16)
    if not piece:
        raise ConnectionError("the server closed the connection")
    return piece
