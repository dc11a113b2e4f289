#!/usr/bin/env python3
"""Vérifie une archive fiscale de Comptoir, sans Comptoir : Python 3.8 ou plus, sa bibliothèque standard, et openssl.

    python3 verify.py                    l'archive décompressée, depuis son dossier
    python3 verify.py ARCH_….zip         l'archive telle quelle
    --json                               réponse pour un programme
    --empreinte XXXX                     exige que la clé du serveur ait cette empreinte

Code de sortie : 0 si tout est intact, 1 si quelque chose a été touché, 2 si l'archive ne peut pas être lue.

What is checked: every file against the manifest; the manifest against its signature and its sealed record; every
record: digest, signature, number, link to the one before; each chain's first and last record against the manifest;
keys against the sealed enrolments; tickets against their Z, Z against their month, months against their year.
Signatures are checked by the arithmetic below, on every core; openssl checks the manifest and each chain's end again.
"""

import base64
import contextlib
import functools
import hashlib
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib

DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError)
ASIDE = ("manifest.json", "manifest.sig", "scellement.json")  # not listed in the manifest: they seal it
SPKI_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")

# ECDSA on P-256: FIPS 186-4; curve from SEC 2
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
WINDOW = 6


def double(point):
    """2·point, in Jacobian coordinates, a = -3; None is the point at infinity."""
    if point is None or point[1] == 0:
        return None
    x, y, z = point
    zz, yy = z * z % P, y * y % P
    m = 3 * (x - zz) * (x + zz) % P
    s = 4 * x * yy % P
    nx = (m * m - 2 * s) % P
    return nx, (m * (s - nx) - 8 * yy * yy) % P, 2 * y * z % P


def add(point, affine):
    """point + affine: Jacobian plus (x, y)."""
    if point is None:
        return affine[0], affine[1], 1
    x, y, z = point
    zz = z * z % P
    h, r = (affine[0] * zz - x) % P, (affine[1] * zz * z - y) % P
    if h == 0:
        return double(point) if r == 0 else None
    hh = h * h % P
    hhh, v = h * hh % P, x * hh % P
    nx = (r * r - hhh - 2 * v) % P
    return nx, (r * (v - nx) - y * hhh) % P, z * h % P


def flat(point):
    """Affine coordinates of a Jacobian point."""
    inverse = pow(point[2], -1, P)
    square = inverse * inverse % P
    return point[0] * square % P, point[1] * square * inverse % P


@functools.lru_cache(maxsize=None)  # noqa: UP033 - Python 3.8
def windows(affine):
    """Multiples of a point, window by window: what makes many signatures of one key quick."""
    rows, base = [], affine
    for _ in range(0, 256, WINDOW):
        row = [(*base, 1)]
        while len(row) < 2**WINDOW - 1:
            row.append(add(row[-1], base))
        rows.append([None] + [flat(one) for one in row])
        base = flat(add(row[-1], base))
    return rows


class Key:
    """A P-256 public key and its multiples."""

    def __init__(self, der):
        x, y = int.from_bytes(der[27:59], "big"), int.from_bytes(der[59:91], "big")
        if len(der) != 91 or der[:26] != SPKI_P256 or der[26] != 4 or (y * y - x**3 + 3 * x - B) % P:
            raise ValueError("not a P-256 key")
        self.der = der
        self.thumbprint = plain64(hashlib.sha256(der).digest())
        self.rows = windows((x, y))

    def holds(self, data, signature):
        """Whether this base64url r‖s, in this very spelling, signs these bytes."""
        raw = signature_bytes(signature)
        if raw is None:
            return False
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        if not (0 < r < N and 0 < s < N):
            return False
        w = pow(s, -1, N)
        left, right = int.from_bytes(hashlib.sha256(data).digest(), "big") * w % N, r * w % N
        point = None
        for row, scalar in ((windows(G), left), (self.rows, right)):
            for index in range(len(row)):
                digit = scalar >> (WINDOW * index) & (2**WINDOW - 1)
                if digit:
                    point = add(point, row[index][digit])
        if point is None:
            return False
        zz = point[2] * point[2] % P
        return (r * zz - point[0]) % P == 0 or (r + N < P and ((r + N) * zz - point[0]) % P == 0)


MANY = 2_000  # records from which on it pays to start processes


def plain64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def signature_bytes(text):
    """64 bytes, or None when the text is not its own canonical spelling."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"==", altchars=b"-_", validate=True)
    except (ValueError, UnicodeEncodeError, AttributeError):
        return None
    return raw if len(raw) == 64 and plain64(raw) == text else None


def der_signature(raw):
    """r‖s as openssl wants it."""
    parts = b""
    for half in (raw[:32], raw[32:]):
        value = int.from_bytes(half, "big")
        number = value.to_bytes(value.bit_length() // 8 + 1, "big")
        parts += b"\x02" + bytes([len(number)]) + number
    return b"\x30" + bytes([len(parts)]) + parts


def raw_signature(der):
    """openssl's form as base64url r‖s; empty when it is not one."""
    try:
        length = der[3]
        r, s = der[4 : 4 + length], der[6 + length :]
        text = plain64(int.from_bytes(r, "big").to_bytes(32, "big") + int.from_bytes(s, "big").to_bytes(32, "big"))
    except (IndexError, OverflowError):
        return ""
    return text if der_signature(signature_bytes(text)) == der else ""


def openssl_holds(der_key, data, signature):
    """The same question asked of the openssl command."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("key.pem", "data", "sig")]
        pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(der_key) + b"-----END PUBLIC KEY-----\n"
        for path, content in zip(paths, (pem, data, signature)):  # noqa: B905 - Python 3.8 has no strict
            with open(path, "wb") as file:
                file.write(content)
        asked = ["openssl", "dgst", "-sha256", "-verify", paths[0], "-signature", paths[2], paths[1]]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0


class Source:
    """The files of an archive, zipped or not."""

    def __init__(self, path):
        self.folder = path if os.path.isdir(path) else None
        self.zip = None if self.folder else zipfile.ZipFile(path)

    def names(self):
        return self.zip.namelist() if self.zip else sorted(name for name in os.listdir(self.folder) if name[0] != ".")

    def open(self, name):
        return self.zip.open(name) if self.zip else open(os.path.join(self.folder, name), "rb")

    def read(self, name):
        with self.open(name) as file:
            return file.read()


class Check:
    """One verification: what was found wrong, what is worth knowing, and what was seen so far."""

    def __init__(self, source):
        self.source = source
        self.findings, self.remarks, self.records = [], [], 0
        self.keys, self.enrolled = {}, {}
        self.days = {}  # Z: chain -> number -> (first ticket, last, total), to hold tickets and months against
        self.months = {}  # month: chain -> number -> total
        self.openssl = shutil.which("openssl") is not None

    def find(self, place, seq, code, detail):
        self.findings.append({"place": place, "seq": seq, "code": code, "detail": detail})

    def run(self, thumbprint=None):
        manifest_bytes = self.source.read("manifest.json")
        manifest = json.loads(manifest_bytes.decode("utf-8"))
        self.read_keys(manifest)
        self.check_files(manifest)
        self.check_seal(manifest_bytes, thumbprint)
        try:
            Records(self, manifest).run()
        except DAMAGED as problem:
            self.find("records.jsonl", self.records + 1, "unreadable", f"la suite ne se lit plus ({problem})")
        self.check_keys()
        known = {(one["place"], one["seq"]) for one in self.findings}
        for one in manifest["ruptures"]:
            if (one["chain"], one["seq"]) not in known:
                self.find(one["chain"], one["seq"], one["code"], "rupture constatée à la création : " + one["detail"])
        self.remarks += manifest["remarks"]
        if not self.openssl:
            self.remarks.append("openssl est absent : seul le calcul de ce programme a vérifié les signatures.")

    def read_keys(self, manifest):
        found = {}
        for block in self.source.read("pubkeys.pem").decode("ascii", "replace").split("-----BEGIN PUBLIC KEY-----")[1:]:
            try:
                key = Key(base64.b64decode(block.split("-----END")[0]))
                found[key.thumbprint] = key
            except ValueError:
                self.find("pubkeys.pem", 0, "key_unreadable", "une clé n’est pas lisible")
        for row in manifest["keys"]:
            key = found.pop(row["thumbprint"], None)
            if key is None:
                self.find("pubkeys.pem", 0, "key_missing", f"la clé {row['register']}-{row['generation']} manque")
            else:
                self.keys[(row["register"], row["generation"])] = key
        for name in sorted(found):
            self.find("pubkeys.pem", 0, "key_extra", f"clé inconnue du manifeste : {name}")

    def check_files(self, manifest):
        """Each file against its SHA-256; none missing, none added, none twice."""
        listed = {one["name"]: one for one in manifest["files"]}
        names = self.source.names()
        for name in sorted(set(names)):
            if names.count(name) > 1:
                self.find(name, 0, "file_repeated", "ce fichier est deux fois dans l’archive")
            if name not in listed and name not in ASIDE:
                self.find(name, 0, "file_extra", "ce fichier n’est pas dans le manifeste")
        for name in sorted(listed):
            if name not in names:
                self.find(name, 0, "file_missing", "ce fichier manque")
                continue
            digest = hashlib.sha256()
            try:
                with self.source.open(name) as file:
                    for block in iter(lambda: file.read(1 << 20), b""):
                        digest.update(block)
            except DAMAGED as problem:
                self.find(name, 0, "file_changed", f"ce fichier ne se lit plus ({problem})")
                continue
            if digest.hexdigest() != listed[name]["sha256"]:
                self.find(name, 0, "file_changed", "ce fichier a été modifié")

    def check_seal(self, manifest_bytes, thumbprint):
        """The manifest: its signature, and the record of the server's archive chain that names it."""
        seal = json.loads(self.source.read("scellement.json").decode("utf-8"))
        body = json.loads(seal["body"])
        key = self.keys.get((body["register"], body["generation"]))
        if key is None or body["register"] != "S" or body["key"] != key.thumbprint:
            self.find("scellement.json", 0, "unknown_key", "scellé par une clé inconnue")
            return
        self.remarks.append(f"Clé du serveur : {key.thumbprint} (à comparer avec celle que montre le commerçant)")
        if thumbprint and thumbprint != key.thumbprint:
            self.find("scellement.json", 0, "other_server", "la clé du serveur n’a pas l’empreinte attendue")
        if not key.holds(seal["to_sign"].encode("utf-8"), seal["signature"]) or digest_of(seal) is None:
            self.find("scellement.json", seal["seq"], "signature_wrong", "le scellement a été modifié")
        if body["manifest"] != hashlib.sha256(manifest_bytes).hexdigest():
            self.find("manifest.json", 0, "manifest_changed", "ce n’est pas le manifeste scellé")
        der = self.source.read("manifest.sig")
        if not key.holds(manifest_bytes, raw_signature(der)):
            self.find("manifest.sig", 0, "signature_wrong", "la signature n’est pas celle du manifeste")
        if self.openssl and not openssl_holds(key.der, manifest_bytes, der):
            self.find("manifest.sig", 0, "openssl_refuses", "openssl refuse la signature du manifeste")

    def check_keys(self):
        """Each register's key is named by an enrolment that the server sealed."""
        for (register, generation), key in sorted(self.keys.items()):
            if register != "S" and self.enrolled.get((register, generation)) != key.thumbprint:
                self.find(f"{register}-{generation}", 0, "key_not_enrolled", "aucune inscription scellée ne la nomme")


def digest_of(record):
    """The three parts of the signed string when it ends with the digest of the body, or None."""
    parts = record["to_sign"].rsplit(",", 2)
    digest = hashlib.sha256(record["body"].encode("utf-8")).hexdigest()
    return parts if len(parts) == 3 and parts[2] == digest else None


def is_signed(keys, line):
    """Whether a line of records.jsonl bears the signature of its key; one that cannot be read does not."""
    try:
        record = json.loads(line.decode("utf-8"))
        body = json.loads(record["body"])
        key = Key(keys[(body["register"], body["generation"])])
        return key.holds(record["to_sign"].encode("utf-8"), record["signature"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


class Records:
    """records.jsonl, in the order of the manifest's chains, one line in memory at a time."""

    def __init__(self, check, manifest):
        self.check, self.manifest, self.place = check, manifest, 0
        self.chains, self.count = manifest["chains"], manifest["records"]
        self.expected, self.previous = None, ""  # number awaited in the current chain, signature before it
        self.broken = False  # the first fault of a chain is told, what follows from it is not
        self.signed, self.last, self.sums = False, None, None  # signed: the record at hand, by its key

    def run(self):
        self.begin()
        judge = functools.partial(is_signed, {place: key.der for place, key in self.check.keys.items()})
        pool = None
        with contextlib.suppress(ImportError, OSError):  # not to be had everywhere
            pool = multiprocessing.Pool() if self.count >= MANY and not self.check.findings else None
        opened = self.check.source.open
        with opened("records.jsonl") as file, opened("records.jsonl") as again, pool or contextlib.nullcontext():
            answers = pool.imap(judge, again, 50) if pool else map(judge, again)
            for number, (raw, self.signed) in enumerate(zip(file, answers), 1):  # noqa: B905
                self.check.records += 1
                try:
                    record = json.loads(raw.decode("utf-8"))
                    chain = record["chain"]
                except (ValueError, KeyError, TypeError):
                    self.check.find("records.jsonl", number, "unreadable", f"la ligne {number} n’est pas lisible")
                    self.broken = True
                    continue
                self.move_to(chain, record)
        while self.place < len(self.chains):
            self.end()
        self.check_periods()

    def begin(self):
        self.broken, self.last, self.sums = False, None, None
        if self.place < len(self.chains):
            row = self.chains[self.place]
            self.expected, self.previous = row["first"], row["previous"]

    def move_to(self, chain, record):
        if chain not in (row["chain"] for row in self.chains[self.place :]):
            self.check.find(chain, record.get("seq"), "inserted", "hors de sa chaîne, ou d’une chaîne inconnue")
            return
        while self.chains[self.place]["chain"] != chain:
            self.end()
        fault = None if self.broken else self.fault(record)
        if fault:
            self.broken = True
            self.check.find(chain, *fault)

    def end(self):
        """The head of a chain against the manifest."""
        row = self.chains[self.place]
        if not self.broken:
            if self.expected != row["last"] + 1:
                self.check.find(row["chain"], self.expected, "truncated", f"la fin manque, jusqu’au n° {row['last']}")
            elif hashlib.sha256(self.previous.encode("ascii", "replace")).hexdigest() != row["head"]:
                self.check.find(row["chain"], row["last"], "head_differs", "le dernier n’est pas celui du manifeste")
            elif self.last and self.check.openssl:
                key, record = self.last
                signature = der_signature(signature_bytes(record["signature"]))
                if not openssl_holds(key.der, record["to_sign"].encode("utf-8"), signature):
                    self.check.find(row["chain"], row["last"], "openssl_refuses", "openssl refuse cette signature")
        self.place += 1
        self.begin()

    def fault(self, record):
        """The first thing wrong with a record: number, code, words; None when all is well."""
        try:
            seq = record["seq"]
            if seq != self.expected:
                code = "missing" if seq > self.expected else "repeated"
                return self.expected, code, f"n° {self.expected} attendu, n° {seq} trouvé : retrait, ajout ou échange"
            parts = digest_of(record)
            if parts is None:
                return seq, "body_changed", "le contenu a été modifié"
            body = json.loads(record["body"])
            said = (body["chain"], body["seq"], body["id"])
            if said != (record["chain"], seq, record["id"]) or record["type"] != record["chain"].rsplit("-", 1)[1]:
                return seq, "moved", "le contenu porte un autre numéro ou une autre chaîne"
            key = self.check.keys.get((body["register"], body["generation"]))
            own = record["chain"].startswith(f"{body['register']}-{body['generation']}-")
            if key is None or key.thumbprint != body["key"] or not own:
                return seq, "unknown_key", "scellé par une autre clé que celle de sa chaîne"
            if not self.signed:
                return seq, "signature_wrong", "la signature ne correspond pas"
            if parts[1] != self.previous:
                return seq, "link_broken", "ne suit pas l’enregistrement précédent"
            wrong = self.sum(record["type"], body)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            return record.get("seq"), "unreadable", f"enregistrement illisible ({problem})"
        if wrong:
            return seq, "sums_differ", wrong
        self.expected, self.previous, self.last = seq + 1, record["signature"], (key, record)
        return None

    def sum(self, kind, body):
        """Adds a record to what closings will be held against; words when a sum is wrong."""
        if kind == "enrolment":
            said = body["enrolled"]
            self.check.enrolled[(said["register"], said["generation"])] = said["thumbprint"]
        elif kind == "z":
            days = self.check.days.setdefault(body["chain"], {})
            days[body["seq"]] = (body["first_seq"], body["last_seq"], body["total_minor"])
        elif kind in ("month", "year"):
            self.check.months.setdefault(body["chain"], {})[body["seq"]] = body
        elif kind == "ticket":
            return self.sum_ticket(body)
        return ""

    def sum_ticket(self, body):
        gross, seq = body["priced"]["gross_minor"], body["seq"]
        standing = (body["perpetual_algebraic_minor"], body["perpetual_absolute_minor"])
        if self.sums is None:
            days = self.check.days.get(body["chain"].rsplit("-", 1)[0] + "-z", {})
            covering = [row for row in days.values() if row[0] >= seq]  # a Z begun before this archive is left
            self.sums = {"ends": {row[1]: row for row in covering}, "starts": {row[0] for row in covering}, "sum": 0}
        elif self.sums["standing"] != (standing[0] - gross, standing[1] - abs(gross)):
            return "le grand total perpétuel ne suit pas le ticket précédent"
        if seq in self.sums["starts"]:
            self.sums["sum"] = 0
        self.sums["standing"] = standing
        self.sums["sum"] += gross
        day = self.sums["ends"].get(seq)
        if day and day[2] != self.sums["sum"]:
            return f"les tickets {day[0]} à {day[1]} ne font pas le total de leur Z"
        return ""

    def check_periods(self):
        """Z against the tickets they cover, months against their Z, years against their months."""
        for chain, days in sorted(self.check.days.items()):
            for _, (first, last, _) in sorted(days.items()):
                if first:
                    self.check_here(chain.rsplit("-", 1)[0] + "-ticket", first, last, "un Z")
        for chain, closings in sorted(self.check.months.items()):
            for seq, body in sorted(closings.items()):
                self.check_period(chain, seq, body)

    def check_here(self, chain, first, last, by):
        """That the archive holds the numbers which a closing counts; of a chain already told nothing more is said."""
        row = next((row for row in self.chains if row["chain"] == chain), {"first": last + 1, "last": 0})
        missing = [(last, "tail_cut")] if row["last"] < last else [(first, "missing")] if row["first"] > first else []
        if missing and chain not in {one["place"] for one in self.check.findings}:
            self.check.find(chain, *missing[0], f"le n° {missing[0][0]} manque alors que {by} le compte")

    def check_period(self, chain, seq, body):
        """What is elsewhere is not asked for: a Z that came late, of a day of another archive; other registers."""
        period, scope, totals = self.manifest["period"], self.manifest["scope"], []
        far = [one for one in body["outside"] if not period["first"] <= one["business_date"] <= period["last"]]
        away = {(one["chain"], one["seq"]) for one in far}
        for one in body["ranges"]:
            days, closings = (lower.get(one["chain"], {}) for lower in (self.check.days, self.check.months))
            for number in range(one["first"], one["last"] + 1):
                asked = scope == "ALL" or one["chain"].split("-")[0] in ("S", scope)
                if asked and (one["chain"], number) not in away:
                    self.check_here(one["chain"], number, number, f"la clôture {chain}-{seq}")
                totals.append(days[number][2] if number in days else closings.get(number, {}).get("total_minor"))
        if not body["uncovered"] and None not in totals and sum(totals) != body["total_minor"]:
            self.check.find(chain, seq, "sums_differ", "les clôtures de la période ne font pas son total")


def main(arguments):
    sys.stdout.reconfigure(errors="replace")
    as_json, rest = "--json" in arguments, [one for one in arguments if one != "--json"]
    place = rest.index("--empreinte") if "--empreinte" in rest else len(rest)
    thumbprint = "".join(rest[place + 1 : place + 2])
    del rest[place : place + 2]
    try:
        check = Check(Source(rest[0] if rest else os.path.dirname(os.path.abspath(__file__))))
        check.run(thumbprint)
    except (*DAMAGED, KeyError, TypeError, IndexError) as problem:
        answer = {"intact": False, "readable": False, "records": 0, "findings": [], "remarks": [str(problem)]}
        print(json.dumps(answer) if as_json else f"Cette archive ne peut pas être lue : {problem}")
        return 2
    found, intact = check.findings, not check.findings
    if as_json:
        said = {"intact": intact, "readable": True, "records": check.records}
        print(json.dumps({**said, "findings": found, "remarks": check.remarks}))
    else:
        print(f"{check.records} enregistrements relus.", *check.remarks, sep="\n")
        for one in found:
            print(f"✗ {one['place']}", *([f"n° {one['seq']}"] if one["seq"] else []), ":", one["detail"])
        print("Tout est intact." if intact else "Cette archive a été touchée.")
    return 0 if intact else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
