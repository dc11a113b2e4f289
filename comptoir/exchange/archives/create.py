"""Makes an archive: one pass over the records, in constant memory; then its manifest is sealed and the file appears.

A rupture does not stop it: the archive says what is broken, and an event 90 tells it. A crash leaves no file under the
final name; a number taken by a seal that has no file is only a number."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from comptoir import __version__
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.chain_check import Finding
from comptoir.apps.fiscal.event_codes import INTEGRITY
from comptoir.apps.fiscal.sealed import Sealed, signature_digest
from comptoir.apps.fiscal.server_key import dossier_id, load_server_key
from comptoir.apps.fiscal.services.seal_on_server import (
    Operator,
    ensure_server_key,
    log_events,
    now_text,
    seal_on_server,
)
from comptoir.apps.fiscal.services.verify_keys import verify_keys
from comptoir.apps.fiscal.signatures import KeyRefused, load_public_key, public_bytes, thumbprint
from comptoir.apps.settings.models import Establishment
from comptoir.apps.settings.queries import company, main_establishment, register_by_code, registers
from comptoir.apps.treasury.models import PeriodClosing
from comptoir.apps.treasury.period_blockers import blockers_until
from comptoir.apps.treasury.periods import fiscal_year_of, local_today

from . import verify
from .reading import Progress, Reading, envelope_line
from .readme import read_me, rupture_report
from .selection import Part, chosen_parts, keys_of
from .shapes import VERSION, schema
from .tree import Node, node_of
from .writing import Tables, Xml, Zip

PERIOD_ARCHIVE, YEAR_ARCHIVE, EXPORT = 20, 30, 110
ALL = "ALL"


class ArchiveRefused(Exception):
    """A period that cannot be archived, in words for people."""


class Archive(NamedTuple):
    """The file made, and what it holds."""

    path: Path
    number: str
    records: int
    manifest: dict[str, Any]


def create_archive(
    first: date, last: date, *, scope: str = ALL, folder: Path | None = None, actor: Any = None,
    operator: Operator | None = None, now: datetime | None = None,
    progress: Callable[[int], Progress] = lambda total: lambda steps: None,
) -> Archive:  # fmt: skip
    """Archives these business dates, both included, of one register or of all. `progress` is told the number of steps.

    Raises RightMissing when `actor` may not export; ArchiveRefused for dates in the wrong order, to come, or longer than
    twelve months, and for an unknown register: then nothing was written. Source: compliance notes, archives."""
    if actor is not None:
        require_right(actor, right="exports.create")
        operator = operator or {"id": str(actor.pk), "name": actor.name}
    now = now or timezone.now()
    place = _checked(first, last, scope=scope, now=now)
    folder = folder or settings.DATA_FOLDER() / "archives" / str(dossier_id())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with transaction.atomic():
        ensure_server_key()
    parts = chosen_parts(first, last, scope=scope)
    done = progress(sum(part.last - part.first + 1 for part in parts))
    with tempfile.TemporaryDirectory(prefix=".archive-", dir=folder) as draft:
        making = _Making(first, last, scope, place, parts, now)
        path = Path(draft) / "archive.zip"
        archive = Zip(path, moment=now.astimezone(UTC).timetuple()[:6])
        try:
            making.write(archive, Path(draft), done)
            manifest = making.manifest(archive)
            sealed = _seal(archive, manifest, making, operator=operator)
        finally:
            archive.close()
        final = _final_name(folder, f"ARCH_{place.number}_{scope}_{first:%Y%m%d}_{last:%Y%m%d}", sealed)
        _publish(path, final)
    return Archive(final, f"{sealed.chain.name}-{sealed.seq}", making.records, manifest)


def _checked(first: date, last: date, *, scope: str, now: datetime) -> Establishment:
    if last < first:
        raise ArchiveRefused("Le dernier jour vient avant le premier.")
    if first > local_today(now):
        raise ArchiveRefused("Cette période n’a pas commencé.")
    try:
        too_long = last >= first.replace(year=first.year + 1)
    except ValueError:  # 29 February
        too_long = last >= date(first.year + 1, 3, 1)
    if too_long:
        raise ArchiveRefused("Une archive couvre douze mois au plus : faites-en plusieurs.")
    if scope == ALL:
        return main_establishment()
    register = register_by_code(scope)
    if register is None:
        raise ArchiveRefused(f"La caisse « {scope} » n’existe pas.")
    return register.establishment


class _Making:
    """What goes into one archive."""

    def __init__(
        self, first: date, last: date, scope: str, place: Establishment, parts: list[Part], now: datetime
    ) -> None:
        self.first, self.last, self.scope, self.place, self.parts, self.now = first, last, scope, place, parts, now
        self.keys = keys_of(parts)
        self.records = 0
        self.reading: Reading | None = None

    def write(self, archive: Zip, draft: Path, done: Progress) -> None:
        """Every file but those that seal."""
        self.reading = Reading(self.parts, progress=done)
        tables, xml = Tables(draft), Xml(draft, self._frame(), self._described())
        archive.put_lines("records.jsonl", self._records(self.reading, tables, xml))
        self.reading.ruptures += verify_keys()[0]
        xml.move_into(archive)
        archive.put("archive.xsd", schema().encode())
        tables.move_into(archive)
        archive.put("pubkeys.pem", "".join(map(_pem, self.keys)).encode("ascii"))
        archive.put("LISEZMOI.txt", self._read_me().encode())
        archive.put("verify.py", Path(verify.__file__).read_bytes())
        if self.ruptures:
            report = rupture_report([one._asdict() for one in self.ruptures], first=self.first, last=self.last)
            archive.put("RUPTURES.txt", report.encode())

    @property
    def ruptures(self) -> list[Finding]:
        return self.reading.ruptures if self.reading else []

    def _records(self, reading: Reading, tables: Tables, xml: Xml) -> Iterator[str]:
        for row in reading.rows():
            self.records += 1
            node = node_of(row)
            if node is not None:
                tables.add(node)
                xml.add(node)
            yield envelope_line(row)

    def chains(self) -> list[dict[str, Any]]:
        assert self.reading is not None, "asked after the first pass"
        return [
            {
                "chain": part.chain, "first": part.first, "last": part.last, "previous": part.previous,
                "head": signature_digest(self.reading.last_signature[part.chain]),
            }
            for part in self.parts
        ]  # fmt: skip

    def manifest(self, archive: Zip) -> dict[str, Any]:
        waiting = blockers_until(self.last)
        return {
            "format": f"comptoir-archive/{VERSION}", "dossier": str(dossier_id()), "software": f"comptoir/{__version__}",
            "made_at": now_text(self.now), "company": company().legal_name, "establishment": self.place.number,
            "scope": self.scope, "period": self.period, "records": self.records, "files": archive.files,
            "keys": [
                {"register": key.register, "generation": key.generation, "thumbprint": key.thumbprint}
                for key in self.keys
            ],
            "chains": self.chains(), "ruptures": [one._asdict() for one in self.ruptures],
            "remarks": [f"Pas encore clôturé : {one.text}" for one in waiting],
        }  # fmt: skip

    @property
    def period(self) -> dict[str, str]:
        return {"first": self.first.isoformat(), "last": self.last.isoformat()}

    def _frame(self) -> dict[str, Any]:
        return {
            "format": VERSION, "debut": self.first, "fin": self.last, "perimetre": self.scope,
            "logiciel": f"comptoir/{__version__}",
        }  # fmt: skip

    def _described(self) -> Iterator[Node]:
        """Who sells, where, with which registers and keys."""
        owner = company()
        yield Node("entreprise", {
            "raison_sociale": owner.legal_name, "pays": owner.country, "immatriculation": owner.registration,
            "tva": owner.vat_number, "naf": owner.naf,
        }, [])  # fmt: skip
        for one in Establishment.objects.order_by("number"):
            yield Node("etablissement", {
                "numero": one.number, "nom": one.name, "adresse": one.address, "code_postal": one.postcode,
                "ville": one.city, "pays": one.country,
            }, [])  # fmt: skip
        for till in registers().order_by("code"):
            yield Node("caisse", {"code": till.code, "nom": till.name, "etablissement": till.establishment.number}, [])
        for key in self.keys:
            yield Node("cle", {"caisse": key.register, "generation": key.generation, "empreinte": key.thumbprint}, [])
        for part in self.parts:
            yield Node("chaine", {"nom": part.chain, "premier": part.first, "dernier": part.last}, [])

    def _read_me(self) -> str:
        key = load_server_key(max(key.generation for key in self.keys if key.register == "S"))
        return read_me(
            company=company().legal_name, establishment=self.place.number, first=self.first, last=self.last,
            scope="toutes" if self.scope == ALL else self.scope, software=f"Comptoir {__version__}",
            made_at=now_text(self.now), thumbprint=thumbprint(public_bytes(key.public_key())),
        )  # fmt: skip


def _seal(archive: Zip, manifest: dict[str, Any], making: _Making, *, operator: Operator | None) -> Sealed:
    """The manifest, its signature and its sealed record; the events that go with it, all or none."""
    content = (json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
    fields = {
        "period": making.period, "scope": making.scope, "manifest": sha256(content).hexdigest(),
        "chains": [{key: row[key] for key in ("chain", "first", "last", "head")} for row in manifest["chains"]],
        "ruptures": len(making.ruptures),
    }  # fmt: skip
    with transaction.atomic():
        sealed = seal_on_server(
            "archive", fields=fields, operator=operator, establishment=making.place.number, now=making.now
        )
        log_events(_events(sealed, making, operator=operator), now=making.now)
    signature = load_server_key(sealed.chain.generation).sign(content, ec.ECDSA(hashes.SHA256()))
    archive.put("manifest.json", content)
    archive.put("manifest.sig", signature)
    archive.put("scellement.json", (json.dumps(sealed.envelope, ensure_ascii=False) + "\n").encode())
    return sealed


def _events(sealed: Sealed, making: _Making, *, operator: Operator | None) -> list[dict[str, Any]]:
    number = f"{sealed.chain.name}-{sealed.seq}"
    detail = {"archive": sealed.id, "number": number, **making.period, "scope": making.scope}
    events = [{"code": YEAR_ARCHIVE if _is_year(making) else PERIOD_ARCHIVE, "detail": detail}]
    if making.ruptures:
        found = [one._asdict() for one in making.ruptures[:20]]
        events.insert(0, {"code": INTEGRITY, "detail": {"archive": sealed.id, "number": number, "ruptures": found}})
    events.append({"code": EXPORT, "detail": {"kind": "archive", "number": number}})
    return [{**event, "operator": operator} for event in events]


def _is_year(making: _Making) -> bool:
    year = fiscal_year_of(making.first)
    closed = PeriodClosing.objects.filter(kind="year", first_date=making.first, last_date=making.last).exists()
    return closed or (year.first, year.last) == (making.first, making.last)


def _pem(key: Any) -> str:
    """The key for openssl; nothing for one that was altered, which the ruptures tell."""
    try:
        public = load_public_key(bytes(key.spki))
    except KeyRefused:
        return ""
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"# {key.register}-{key.generation} {key.thumbprint}\n{pem.decode('ascii')}"


def _final_name(folder: Path, start: str, sealed: Sealed) -> Path:
    """Ends with the number of the archive, after its generation when the server's key was changed; never a name that is
    taken (two dossiers of one shop in one folder)."""
    number = f"{sealed.seq}" if sealed.chain.generation == 1 else f"{sealed.chain.generation}-{sealed.seq}"
    path = folder / f"{start}_{number}.zip"
    return path if not path.exists() else folder / f"{start}_{number}_{sealed.id}.zip"


def _publish(draft: Path, final: Path) -> None:
    """The finished file under its name, on disk before the call returns."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.chmod(0o600)
    os.replace(draft, final)
    if os.name != "nt":  # Windows cannot open a folder
        descriptor = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
