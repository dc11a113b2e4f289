"""The files of an archive, written as they come: nothing is held in memory but the record at hand."""

import csv
import gzip
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import quoteattr

from comptoir.exchange.books.table import FORMULA_STARTS

from .shapes import ELEMENTS, NAMESPACE, decimal, digits_of
from .tree import Node

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SPECIAL = re.compile('[\x00-\x1f&<>"\ufffe\uffff]')
_BLOCK = 1 << 20


class Zip:
    """A zip being written; remembers size and SHA-256 of each file for the manifest."""

    def __init__(self, path: Path, *, moment: tuple[int, int, int, int, int, int]) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._moment = moment
        self.files: list[dict[str, Any]] = []

    @contextmanager
    def file(self, name: str) -> Iterator["_Hashed"]:
        """A file of the zip, open for bytes; one at a time."""
        info = zipfile.ZipInfo(name, self._moment)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as raw:
            hashed = _Hashed(raw)
            yield hashed
        self.files.append({"name": name, "bytes": hashed.size, "sha256": hashed.digest.hexdigest()})

    def put(self, name: str, content: bytes) -> None:
        with self.file(name) as file:
            file.write(content)

    def put_lines(self, name: str, lines: Iterable[str]) -> None:
        with self.file(name) as file:
            for line in lines:
                file.write(line.encode("utf-8"))

    def close(self) -> None:
        self._zip.close()


class _Hashed:
    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, content: bytes) -> None:
        self._raw.write(content)
        self.digest.update(content)
        self.size += len(content)


class Tables:
    """The CSV twins, one for each kind of element, kept aside compressed until the zip can take them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, tuple[TextIO, Any]] = {}
        for name, element in ELEMENTS.items():
            text = io.TextIOWrapper(gzip.open(folder / element.table, "wb", 1), encoding="utf-8", newline="")  # noqa: SIM115
            writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
            writer.writerow([*self._place(name), *element.attributes])
            self._open[name] = (text, writer)

    def add(self, node: Node) -> None:
        """The lines of an element and of those in it; these begin with chain and number of the record."""
        self._row(node, ())
        for child in node.children:
            self._row(child, (node.values["chaine"], node.values["numero"]))

    def move_into(self, archive: Zip) -> None:
        for text, _ in self._open.values():
            text.close()
        for element in ELEMENTS.values():
            path = self._folder / element.table
            with archive.file(element.table) as file, gzip.open(path, "rb") as kept:
                file.write(b"\xef\xbb\xbf")  # spreadsheets then read UTF-8
                while block := kept.read(_BLOCK):
                    file.write(block)
            path.unlink()

    @staticmethod
    def _place(name: str) -> tuple[str, ...]:
        return () if "chaine" in ELEMENTS[name].attributes else ("chaine", "numero")

    def _row(self, node: Node, place: tuple[Any, ...]) -> None:
        values, cells = node.values, list(place)
        for key, places in _DIGITS[node.name].items():
            value = values.get(key)
            if value is None:
                cells.append("")
            elif type(value) is int:
                cells.append(value if places is None else decimal(value, places, ","))
            else:
                text = str(value)
                formula = text.startswith(FORMULA_STARTS) and key in _FREE[node.name]
                cells.append(f"'{text}" if formula else text)  # a label must not become a formula in a spreadsheet
        self._open[node.name][1].writerow(cells)


class Xml:
    """archive.xml, written as the records come, kept aside compressed until the zip can take it."""

    def __init__(self, folder: Path, frame: dict[str, Any], described: Iterable[Node]) -> None:
        self._path = folder / "archive.xml"
        self._file = io.TextIOWrapper(gzip.open(self._path, "wb", 1), encoding="utf-8", newline="")  # noqa: SIM115
        self._file.write(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<archive xmlns="{NAMESPACE}"{_attributes(frame, _TEXTS)}>\n'
        )
        for node in described:
            self._file.write(f"<{node.name}{_attributes(node.values, _TEXTS)}/>\n")

    def add(self, node: Node) -> None:
        """An element and those in it, on one line."""
        start = f"<{node.name}{_attributes(node.values, _DIGITS[node.name])}"
        if not node.children:
            self._file.write(f"{start}/>\n")
            return
        inner = "".join([f"<{one.name}{_attributes(one.values, _DIGITS[one.name])}/>" for one in node.children])
        self._file.write(f"{start}>{inner}</{node.name}>\n")

    def move_into(self, archive: Zip) -> None:
        self._file.write("</archive>\n")
        self._file.close()
        with archive.file(self._path.name) as file, gzip.open(self._path, "rb") as kept:
            while block := kept.read(_BLOCK):
                file.write(block)
        self._path.unlink()


_FREE = {
    name: frozenset(key for key, kind in one.attributes.items() if kind == "text") for name, one in ELEMENTS.items()
}
_TEXTS: dict[str, int | None] = {}
_DIGITS = {name: {key: digits_of(kind) for key, kind in one.attributes.items()} for name, one in ELEMENTS.items()}


def _attributes(values: dict[str, Any], digits: dict[str, int | None]) -> str:
    """What is absent has no attribute; what XML cannot write becomes U+FFFD (records.jsonl has it as it is)."""
    parts: list[str] = []
    for key, value in values.items():
        if value is None:
            continue
        places = digits.get(key)
        text = str(value) if places is None or type(value) is not int else decimal(value, places, ".")
        if _SPECIAL.search(text):
            parts.append(f" {key}={quoteattr(_NOT_IN_XML.sub(chr(0xFFFD), text))}")
        else:
            parts.append(f' {key}="{text}"')
    return "".join(parts)
