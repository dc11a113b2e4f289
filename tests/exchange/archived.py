"""A small dossier with two months, a month closing and a year, and its archive; and how tests take an archive apart."""

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from comptoir.apps.treasury.services.close_period import close_periods
from comptoir.exchange.archives.create import Archive, create_archive
from tests.apps.till.shop import enrolled_till, line, send, set_up_shop
from tests.apps.treasury.months import BREAD, SOAP, open_day, whole_day

NOW = datetime(2027, 1, 5, 8, 0, tzinfo=UTC)
AWKWARD = line('=1+1 "thé" <&> \x07 ; 🫖', price_e4=30_000, vat_e4=None)


def shop_with_a_year() -> None:
    """November and December 2026 on C1, a day of C2, a wrong count, an event, a training sale; year closed."""
    set_up_shop("C1", "C2")
    first, second = enrolled_till("C1"), enrolled_till("C2")
    whole_day(first, "2026-11-03", sales=[(BREAD, "cash"), (SOAP, "card"), (AWKWARD, "cash")])
    open_day(first, "2026-11-30")
    first.sell(BREAD, BREAD | {"id": "2"}, deleted_lines=[
        {"label": "Savon", "quantity_milli": 1000, "amount_minor": 450, "operator": "x"}])  # fmt: skip
    first.soft.log_event(code=9010, label="Ouverture du tiroir")
    first.close({"tender": "cash", "amount_minor": 10_200, "pieces": None})
    send(first)
    whole_day(second, "2026-11-30", sales=[(SOAP, "cash")])
    whole_day(first, "2026-12-24")
    close_periods("year", now=NOW)


def year_archive(folder: Path, **more: Any) -> Archive:
    return create_archive(date(2026, 1, 1), date(2026, 12, 31), folder=folder, now=NOW, **more)


def verified(path: Path, *arguments: str, program: Path | None = None) -> tuple[int, list[tuple[str, int, str]]]:
    """What verify.py says in a bare Python: exit code, findings. The program is taken out of the archive itself."""
    answer, code = answered(path, *arguments, program=program)
    return code, [(one["place"], one["seq"], one["code"]) for one in answer["findings"]]


def answered(path: Path, *arguments: str, program: Path | None = None) -> tuple[dict[str, Any], int]:
    if program is None:
        program = path.parent / "bare" / "verify.py"
        program.parent.mkdir(exist_ok=True)
        if not program.exists():
            with zipfile.ZipFile(path) as archive:
                program.write_bytes(archive.read("verify.py"))
    done = subprocess.run(
        ["python3", "-I", "-S", str(program), "--json", *arguments, str(path)], capture_output=True, text=True,
        cwd=program.parent, env={"PATH": "/usr/bin:/bin:/usr/local/bin"}, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return json.loads(done.stdout), done.returncode


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rezipped(path: Path, files: dict[str, bytes]) -> Path:
    """Another archive with these files."""
    other = path.with_name(f"touched-{hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:12]}.zip")
    with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return other


def with_records(files: dict[str, bytes], change: Callable[[list[dict[str, Any]]], Any]) -> dict[str, bytes]:
    """The files with records.jsonl changed, and its new digest in the manifest, as a careful forger would."""
    records = [json.loads(text) for text in files["records.jsonl"].decode().splitlines()]
    change(records)
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in records]
    content = "".join(lines).encode()
    manifest = json.loads(files["manifest.json"])
    for one in manifest["files"]:
        if one["name"] == "records.jsonl":
            one |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    return {**files, "records.jsonl": content, "manifest.json": json.dumps(manifest).encode()}
