"""The whole replay: read, enrol, sell day by day over HTTP, then hold every Z against the independent sum."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from .balance import sum_files
from .clocks import SetClock, fresh_id
from .connection import Enrolled, enrol, time_zone_of
from .memory import MemoryStorage
from .pushing import Pusher
from .reading import stage_files
from .report import DayResult, Result
from .selling import Day, DaySeller, Rules
from .softtill import SoftTill
from .staging import Listed, Staging

Progress = Callable[[str, int], None]


class Options(NamedTuple):
    base_url: str  # http://127.0.0.1:8000/d/<slug>
    code: str  # one-time enrolment code of a register
    vat_e4: int = 2000
    cash_below_minor: int = 2000
    booked: Callable[[str], int | None] = lambda day: None  # what the server's own tables say of that day's Z


class Replay:
    """One replay: `read`, then `run`, once each; `listed` can be read until `close`."""

    def __init__(self, *, paths: list[Path], work: Path, progress: Progress = lambda what, count: None) -> None:
        self._paths = paths
        self._progress = progress
        self._staging = Staging(work / "lines.sqlite")
        self._began = time.monotonic()

    def close(self) -> None:
        self._staging.close()

    def listed(self) -> Iterator[Listed]:
        return self._staging.listed()

    def read(self, *, dates: str | None = None) -> None:
        """Reads every file; `dates` is "iso", "mdy" or "dmy", None to find out. Raises SalesFileRefused."""
        self._read = stage_files(self._paths, staging=self._staging, wanted_dates=dates, progress=self._progress)

    def run(self, options: Options) -> Result:
        """Sells everything. Raises OutboxStuck, TransportLost or TransportRefused when the server stops."""
        read = self._read
        enrolled = enrol(base_url=options.base_url, code=options.code)
        days, pusher, heads_differ, cut = self._sell_all(enrolled, options=options)
        self._progress("somme du fichier", read.lines)
        sums = sum_files(
            self._paths,
            encodings=[layout.encoding for layout in read.layouts],
            listed=((row.file, row.line) for row in self._staging.listed()),
            date_formats=read.date_formats,
        )
        results = [self._compare(day, sums.pop(day.date, None), options=options) for day in days]
        if sums:
            raise AssertionError(f"days of the file without a Z: {sorted(sums)}")
        return Result(
            days=results,
            read=read.lines,
            sold=sum(day.lines for day in days),
            listed=self._staging.counts()[1],
            records=pusher.stored,
            kept=pusher.kept,
            heads_differ=heads_differ,
            cut=cut,
            seconds=round(time.monotonic() - self._began),
        )

    def _sell_all(self, enrolled: Enrolled, *, options: Options) -> tuple[list[Day], Pusher, list[str], list[str]]:
        clock, storage = SetClock(zone=time_zone_of(enrolled.bootstrap)), MemoryStorage(copies=False)
        till = SoftTill(place=enrolled.place, storage=storage, clock=clock, signer=enrolled.key, new_id=fresh_id)
        pusher = Pusher(till=till, transport=enrolled.connection, sleep=time.sleep, waiting=storage.count)
        seller = DaySeller(
            till=till, clock=clock, staging=self._staging, rules=_rules(enrolled, options=options),
            operator=_operator(enrolled), sent=pusher.record_added,
        )  # fmt: skip
        days, sold = [], 0
        try:
            for date in self._staging.days():
                day = seller.sell(date)
                days.append(day)
                sold += day.lines
                self._progress(f"vente du {date}", sold)
            pusher.drain()
            differ = heads_that_differ(till, enrolled=enrolled)
        finally:
            pusher.close()
            enrolled.connection.close()
        return days, pusher, differ, seller.cut

    def _compare(self, day: Day, file_sum, *, options: Options) -> DayResult:
        z = json.loads(day.z["body"])
        return DayResult(
            date=day.date,
            tickets=day.tickets,
            lines=day.lines,
            z_minor=z["total_minor"],
            file_minor=file_sum.total_minor if file_sum else 0,
            file_lines=file_sum.lines if file_sum else 0,
            booked_minor=options.booked(day.date),
            extract=extract_of(day.z["signature"]),
        )


def extract_of(signature: str) -> str:
    return "".join(signature[place - 1] for place in (3, 7, 13, 19))


def heads_that_differ(till: SoftTill, *, enrolled: Enrolled) -> list[str]:
    """Chains whose last number or signature at the server is not the till's."""
    answer = enrolled.connection.get("heads")
    there = {row["chain"]: (row["seq"], row["signature"]) for row in answer["heads"]}
    here = {chain: (top["seq"], top["signature"]) for chain, top in till.state["heads"].items()}
    differ = sorted(chain for chain in here if there.get(chain) != here[chain])
    if answer["perpetual"]["algebraic_minor"] != till.state["perpetual"]["algebraic_minor"]:
        differ.append("grand total perpétuel")
    return differ


def _rules(enrolled: Enrolled, *, options: Options) -> Rules:
    codes = {}
    for kind in reversed(enrolled.place.tender_types):
        codes[kind["kind"]] = kind["code"]
    cash = codes.get("cash", "cash")
    return Rules(options.vat_e4, cash, codes.get("card", cash), options.cash_below_minor)


def _operator(enrolled: Enrolled) -> dict[str, str]:
    for cashier in enrolled.bootstrap["cashiers"]:
        return {"id": cashier["id"], "name": cashier["name"]}
    return {"id": "reprise", "name": "Reprise"}
