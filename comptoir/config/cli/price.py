"""`comptoir price`: baskets as JSON lines on standard input, priced baskets as JSON lines on standard output.

Needs no dossier and no Django: another system's tax and discount cases can be run against the engine. The schema is
in docs/developer/price.md.
"""

import json
import sys
from typing import Any, TextIO

import click

from comptoir.engine.door import call

REFUSED, UNREADABLE = 1, 2
REASONS = {
    "not_json": "la ligne n’est pas du JSON",
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
}


def priced_line(text: str) -> tuple[str, dict[str, Any] | None]:
    """(the answer as one line of JSON, the refusal when there is one). A case may be a basket, or
    `{"case", "call", "input"}` to name it and to ask the engine something else than a price."""
    name, sent, case = "price_basket", text, None
    try:
        request = json.loads(text)
    except (ValueError, RecursionError):
        request = None
    if isinstance(request, dict) and "input" in request:
        case = request.get("case")
        name = request.get("call") or "price_basket"
        sent = json.dumps(request["input"], ensure_ascii=False)
    answer = call(name if isinstance(name, str) else "", sent)
    error = json.loads(answer).get("error")
    if case is not None:
        answer = f'{{"answer":{answer},"case":{json.dumps(case, ensure_ascii=False)}}}'
    return answer, error


def explain(number: int, error: dict[str, Any]) -> str:
    """A refusal in French, for a person."""
    reason = REASONS.get(error["code"], error["code"])
    return f"Ligne {number} : {reason}" + (f" ({error['path']})" if error["path"] else "") + "."


@click.command()
@click.argument("source", type=click.File("r", encoding="utf-8"), default="-")
@click.option("--json", "as_json", is_flag=True, help="Les refus aussi en JSON, sur la sortie d’erreur.")
@click.option("--strict", is_flag=True, help="S’arrêter au premier panier refusé.")
def command(source: TextIO, as_json: bool, strict: bool) -> None:
    """Calcule des paniers : un panier JSON par ligne en entrée (SOURCE, ou l’entrée standard), un résultat par ligne.

    Le schéma est dans docs/developer/price.md. Code de sortie : 0 si tout est calculé, 1 si un panier est refusé
    (sa réponse porte « error »), 2 si l’entrée ne peut pas être lue.
    """
    refused = 0
    try:
        for number, line in enumerate(source, start=1):
            if not line.strip():
                continue
            answer, error = priced_line(line.strip())
            click.echo(answer)
            if error:
                refused += 1
                complaint = {"line": number, "error": error}
                click.echo(json.dumps(complaint) if as_json else explain(number, error), err=True)
                if strict:
                    break
    except UnicodeDecodeError as reason:
        complaint = {"error": {"code": "not_utf8", "params": {"byte": reason.start}, "path": ""}}
        click.echo(json.dumps(complaint) if as_json else "L’entrée n’est pas un texte UTF-8.", err=True)
        sys.exit(UNREADABLE)
    if refused:
        sys.exit(REFUSED)
