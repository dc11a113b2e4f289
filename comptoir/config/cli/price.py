"""`comptoir price`: baskets as JSON lines on standard input, priced baskets as JSON lines on standard output.

Needs no dossier and no Django: another system's tax and discount cases can be run against the engine. The schema is
in docs/developer/price.md.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import click

from comptoir.engine.door import call

REFUSED, UNREADABLE = 1, 2
LONGEST_LINE = 64 * 1024 * 1024  # bytes, as the engine's door
UTF8_MARK, UTF16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
REASONS = {
    "not_json": "la ligne n’est pas du JSON (un panier entier par ligne)",
    "not_utf8": "la ligne n’est pas un texte UTF-8",
    "too_long": "la ligne dépasse 64 Mo",
    "too_deep": "les parenthèses du JSON sont trop profondes",
    "number_too_long": "un nombre a trop de chiffres",
    "duplicate_key": "une information est donnée deux fois",
    "unknown_call": "ce calcul n’existe pas",
    "unreadable_input": "les informations n’ont pas la forme attendue",
    "not_an_object": "un objet JSON est attendu",
    "missing": "une information manque",
    "unknown_field": "ce champ n’existe pas",
    "unknown_format": "ce format n’est pas connu",
    "unknown_value": "cette valeur n’est pas connue",
    "unknown_currency": "seul l’euro est accepté",
    "not_an_integer": "un nombre entier est attendu",
    "not_a_text": "un texte est attendu",
    "not_a_boolean": "vrai ou faux est attendu",
    "not_a_list": "une liste est attendue",
    "out_of_range": "le nombre est hors limites",
    "amount_too_large": "le montant dépasse ce qu’un ticket peut porter",
    "negative_amount": "le montant doit être positif",
    "basket_too_long": "le panier dépasse 2 000 lignes",
    "too_many": "la liste est trop longue",
    "duplicate_id": "cet identifiant sert deux fois",
    "discount_too_large": "la remise dépasse ce qui peut être remisé",
    "target_above_total": "le total voulu dépasse le total du panier",
    "not_discountable": "cette ligne n’accepte pas de remise",
    "sign_differs": "le prix de l’étiquette et la quantité sont de signes contraires",
    "text_too_long": "le texte est trop long",
    "empty": "un texte est attendu",
    "lone_surrogate": "le texte contient une moitié de caractère",
    "too_short": "le code est trop court",
    "not_13_digits": "préfixe, article et valeur d’un modèle de code font 12 chiffres",
    "verifier_needs_4_or_5_digits": "le chiffre de vérification ne va qu’avec 4 ou 5 chiffres de valeur",
    "not_a_date": "une date est attendue (2026-11-22)",
    "not_an_instant": "une date et une heure sont attendues (2026-11-22T10:00:00Z)",
    "not_canonical": "le texte n’est pas écrit sous sa forme canonique",
    "not_refundable": "ce ticket ou cette ligne ne se rembourse pas",
    "unknown_line": "cette ligne n’est pas dans le ticket",
    "more_than_sold": "il serait rendu plus que ce qui a été vendu",
    "already_returned": "une partie a déjà été rendue",
    "empty_basket": "le panier est vide",
    "not_settled": "le ticket n’est pas réglé",
    "total_differs": "le total réglé n’est pas celui du panier",
    "tender_refused": "un règlement ne peut pas être pris",
    "not_a_correction": "ce n’est pas une correction",
    "incomplete_body": "il manque des informations au ticket",
    "unreadable_record": "ce document ne se lit pas",
    "unreadable_state": "ces totaux ne se lisent pas",
}


class Unreadable(ValueError):
    """A line that is no case; becomes the `error` of its answer."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.error = {"code": code, "params": params, "path": ""}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are said once: of two prices, none is the right one."""
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        raise Unreadable("duplicate_key", key=next(name for name in names if names.count(name) > 1))
    return made


def _read(raw: bytes) -> tuple[str, Any]:
    """(text, JSON value) of a line. Raises Unreadable."""
    if len(raw) > LONGEST_LINE:
        raise Unreadable("too_long", most=LONGEST_LINE)
    try:
        text = raw.decode("utf-8").strip()
    except UnicodeDecodeError as reason:
        raise Unreadable("not_utf8", byte=reason.start) from reason
    try:
        return text, json.loads(text, object_pairs_hook=_once)
    except (json.JSONDecodeError, Unreadable) as reason:
        raise reason if isinstance(reason, Unreadable) else Unreadable("not_json") from reason
    except RecursionError as reason:
        raise Unreadable("too_deep") from reason
    except ValueError as reason:  # Python converts no integer of more than 4,300 digits
        raise Unreadable("number_too_long") from reason


def priced_line(raw: bytes) -> tuple[str, dict[str, Any] | None]:
    """(the answer as one line of JSON, the refusal when there is one). A case may be a basket, or
    `{"case", "call", "input"}` to name it and to ask the engine something else than a price."""
    try:
        text, request = _read(raw)
        name, sent, case = "price_basket", text, None
        if isinstance(request, dict) and "input" in request:
            case = _written(request["case"]) if request.get("case") is not None else None
            name = request.get("call") or "price_basket"
            sent = json.dumps(request["input"], ensure_ascii=False)
    except Unreadable as reason:
        return json.dumps({"error": reason.error}, separators=(",", ":"), sort_keys=True), reason.error
    answer = call(name if isinstance(name, str) else "", sent)
    error = json.loads(answer)["error"] if answer.startswith('{"error":') else None
    return f'{{"answer":{answer},"case":{case}}}' if case is not None else answer, error


def _written(case: Any) -> str:
    """A case's name, said back as JSON. Raises Unreadable for NaN and infinity, which Python reads and JSON has not."""
    try:
        text = json.dumps(case, ensure_ascii=False, allow_nan=False)
        text.encode()
    except UnicodeEncodeError:  # half of a character: it can only be said as it came, escaped
        return json.dumps(case)
    except ValueError as reason:
        raise Unreadable("not_json") from reason
    return text


def explain(number: int, error: dict[str, Any]) -> str:
    """A refusal in French, for a person."""
    reason, params = REASONS.get(error["code"], error["code"]), error["params"]
    if error["code"] == "out_of_range" and "low" in params:
        reason += f", de {params['low']} à {params['high']}"
    place = error["path"] or params.get("key", "")
    return f"Ligne {number} : {reason}" + (f" ({place})" if place else "") + "."


def lines_of(source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(number, bytes) of each line that is not blank; of a line beyond all measure, enough to refuse it."""
    number = 0
    while raw := source.readline(LONGEST_LINE + 1):
        number += 1
        rest = raw
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = source.readline(LONGEST_LINE + 1)
        if number == 1:
            raw = raw.removeprefix(UTF8_MARK)
        if raw.strip():
            yield number, raw


@click.command()
@click.argument("source", type=click.File("rb"), default="-")
@click.option("--json", "as_json", is_flag=True, help="Les refus aussi en JSON, sur la sortie d’erreur.")
@click.option("--strict", is_flag=True, help="S’arrêter au premier panier refusé.")
def command(source: BinaryIO, as_json: bool, strict: bool) -> None:
    """Calcule des paniers : un panier JSON par ligne en entrée (SOURCE, ou l’entrée standard), un résultat par ligne.

    Le schéma est dans docs/developer/price.md. Code de sortie : 0 si tout est calculé, 1 si un panier est refusé
    (sa réponse porte « error »), 2 si l’entrée ne peut pas être lue.
    """
    refused = 0
    for number, raw in lines_of(source):
        if number == 1 and raw.startswith(UTF16_MARKS):
            complaint = {"error": {"code": "not_utf8", "params": {"byte": 0}, "path": ""}}
            click.echo(json.dumps(complaint) if as_json else "L’entrée n’est pas un texte UTF-8.", err=True)
            sys.exit(UNREADABLE)
        answer, error = priced_line(raw)
        click.echo(answer)  # flushed: whoever asks line by line is answered line by line
        if error:
            refused += 1
            click.echo(json.dumps({"line": number, "error": error}) if as_json else explain(number, error), err=True)
            if strict:
                break
    if refused:
        sys.exit(REFUSED)
