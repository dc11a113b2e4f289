"""Import of a hundred thousand articles from a CSV file, beside bare inserts of the same rows."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from tests.faults.real_server import SLUG, comptoir

from .bare import columns_of, connect
from .figures import Figure, at_most
from .place import Home, home

ARTICLES = int(os.environ.get("COMPTOIR_BENCH_ARTICLES", "100000"))
TABLES = ("catalog_article", "catalog_pricechange", "catalog_barcode")
WORDS = ["Café", "Thé", "Crème", "Savon", "Bougie", "Vase", "Torchon", "Carnet", "Brûlée", "Œuf", "Pâte", "Miel"]


def run() -> Iterator[Figure]:
    section = f"import of {ARTICLES} articles"
    with home("sqlite") as place:
        path = place.folder / "articles.csv"
        write_articles(path, count=ARTICLES)
        began = time.perf_counter_ns()
        comptoir("import", "articles", SLUG, str(path), home=place.folder)
        took = time.perf_counter_ns() - began
        with home("sqlite") as empty:
            bare = _bare(place, empty)
    yield at_most(
        section, "comptoir import articles, from command to prompt", took // 1_000_000, unit="ms", limit=30_000
    )
    yield Figure(section, "articles per second", ARTICLES * 1_000_000_000 // took, "/s")
    yield Figure(section, "bare inserts of the same rows", bare // 1_000_000, "ms", note="one transaction, executemany")


def write_articles(path: Path, *, count: int) -> None:
    """A catalogue as a shop could have it: two words and a number, a family in twelve, a price, a right EAN-13."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Référence;Désignation;Code-barres;Prix TTC;TVA;Famille\n")
        for number in range(count):
            price = f"{number % 180},{number % 20 * 5:02d}"
            rate = "5,5" if number % 3 else "20"
            file.write(f"R{number};{name_of(number)};{ean13(number)};{price};{rate};Rayon {number % 12}\n")


def name_of(number: int) -> str:
    return f"{WORDS[number % 12]} {WORDS[number // 12 % 12].lower()} {number}"


def ean13(number: int) -> str:
    body = f"350{number:09d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{(10 - weighted % 10) % 10}"


def _bare(place: Home, empty: Home) -> int:
    source, target = connect(place), connect(empty)
    work = []
    for table in TABLES:
        columns = [name for name, kind in columns_of(source, table) if name != "id" or "int" not in kind.lower()]
        listed = ", ".join(f'"{name}"' for name in columns)
        rows = source.execute(f"SELECT {listed} FROM {table}").fetchall()  # noqa: S608
        work.append((f"INSERT INTO {table} ({listed}) VALUES ({', '.join('?' * len(columns))})", rows))  # noqa: S608
    target.execute("PRAGMA foreign_keys = OFF")  # families are not copied
    began = time.perf_counter_ns()
    target.execute("BEGIN IMMEDIATE")
    for statement, rows in work:
        target.executemany(statement, rows)
    target.execute("COMMIT")
    took = time.perf_counter_ns() - began
    source.close()
    target.close()
    return took
