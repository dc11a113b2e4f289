"""The elements of archive.xml, which are also the lines of the CSV twins: one list for the schema, the XML and the CSV.

Names are French: who reads an archive is a French or Belgian inspector. Kinds of values: text, whole, money (cents),
quantity (thousandths), price and rate (ten-thousandths), date, instant (UTC), local (with its offset)."""

from typing import NamedTuple

VERSION = "1"
NAMESPACE = "urn:comptoir:archive:1"


class Element(NamedTuple):
    """An element: the CSV file of its lines, its attributes with their kinds, the elements that it may hold."""

    table: str
    attributes: dict[str, str]
    children: tuple[str, ...] = ()


RECORD = {
    "chaine": "text", "numero": "whole", "id": "text", "journee": "date", "instant": "instant", "heure_locale": "local",
    "caisse": "text", "etablissement": "text", "operateur": "text", "operateur_nom": "text", "logiciel": "text",
    "cle": "text", "empreinte": "text", "signature": "text",
}  # fmt: skip
_RATE = {"taux": "rate", "base": "money", "montant": "money", "ttc": "money"}

ELEMENTS = {
    "ticket": Element("tickets.csv", {
        **RECORD, "operation": "text", "origine": "text", "client": "text", "total_ttc": "money", "total_ht": "money",
        "total_tva": "money", "remises": "money", "arrondi": "money", "rendu": "money", "perpetuel": "money",
        "perpetuel_absolu": "money",
    }, ("ligne", "tva", "reglement", "ligne_supprimee")),
    "ligne": Element("lignes.csv", {
        "rang": "whole", "article": "text", "libelle": "text", "famille": "text", "nature": "text",
        "quantite": "quantity", "unite": "text", "prix_unitaire": "price", "taux": "rate", "remise": "money",
        "ttc": "money", "ht": "money", "tva": "money",
    }),
    "tva": Element("tva.csv", _RATE),
    "reglement": Element("reglements.csv", {
        "mode": "text", "montant": "money", "remis": "money", "rendu": "money", "reference": "text",
    }),
    "ligne_supprimee": Element("lignes_supprimees.csv", {
        "libelle": "text", "quantite": "quantity", "montant": "money", "operateur": "text",
    }),
    "mouvement": Element("mouvements.csv", {
        **RECORD, "nature": "text", "montant": "money", "motif": "text", "libelle": "text", "de": "text",
        "vers": "text", "reference": "text", "taux": "rate",
    }, ("comptage",)),
    "comptage": Element("comptages.csv", {"mode": "text", "montant": "money"}),
    "evenement": Element("evenements.csv", {**RECORD, "code": "whole", "libelle": "text", "detail": "text"}),
    "cloture": Element("clotures.csv", {
        **RECORD, "nature": "text", "debut": "date", "fin": "date", "premier": "whole", "dernier": "whole",
        "tickets": "whole", "total_ttc": "money", "total_ht": "money", "total_tva": "money", "perpetuel": "money",
        "perpetuel_absolu": "money", "fonds": "money", "entrees_sorties": "money", "ventes_especes": "money",
        "especes_attendues": "money", "ventes": "money", "remboursements": "money", "annulations": "money",
    }, ("tva", "mode", "vendeur", "famille", "ecart")),
    "mode": Element("clotures_modes.csv", {
        "code": "text", "libelle": "text", "nombre": "whole", "montant": "money",
    }),
    "vendeur": Element("clotures_vendeurs.csv", {"code": "text", "nom": "text", "nombre": "whole", "montant": "money"}),
    "famille": Element("clotures_familles.csv", {"code": "text", "nombre": "whole", "montant": "money", "ht": "money"}),
    "ecart": Element("clotures_ecarts.csv", {
        "mode": "text", "attendu": "money", "compte": "money", "ecart": "money",
    }),
    "autre": Element("autres.csv", {**RECORD, "type": "text", "contenu": "text"}),
}  # fmt: skip
RECORDS = tuple(name for name, element in ELEMENTS.items() if "chaine" in element.attributes)

_XSD = {
    "text": "xs:string", "whole": "xs:integer", "date": "xs:date", "instant": "xs:dateTime", "local": "xs:dateTime",
    "money": "xs:decimal", "quantity": "xs:decimal", "price": "xs:decimal", "rate": "xs:decimal",
}  # fmt: skip
_DIGITS = {"money": 2, "quantity": 3, "price": 4, "rate": 2}


def digits_of(kind: str) -> int | None:
    """How many decimals a whole number of this kind stands for; None when it is no amount."""
    return _DIGITS.get(kind)


def decimal(value: int, places: int, point: str) -> str:
    """An amount as text with its decimals: a point in XML, a comma for spreadsheets."""
    text = str(abs(value)).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{text[:-places]}{point}{text[-places:]}"


def schema() -> str:
    """The XML schema of archive.xml."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{NAMESPACE}" targetNamespace="{NAMESPACE}"'
        ' elementFormDefault="qualified">',
    ]
    for name, element in {**_FRAME, **ELEMENTS}.items():
        lines.append(f'<xs:element name="{name}"><xs:complexType>')
        if element.children:
            choices = "".join(f'<xs:element ref="{child}"/>' for child in element.children)
            lines.append(f'<xs:choice minOccurs="0" maxOccurs="unbounded">{choices}</xs:choice>')
        for attribute, kind in element.attributes.items():
            use = ' use="required"' if attribute in ("chaine", "numero", "signature") else ""
            lines.append(f'<xs:attribute name="{attribute}" type="{_XSD[kind]}"{use}/>')
        lines.append("</xs:complexType></xs:element>")
    return "\n".join([*lines, "</xs:schema>", ""])


_FRAME = {
    "archive": Element("", {"format": "text", "debut": "date", "fin": "date", "perimetre": "text", "logiciel": "text"},
                       ("entreprise", "etablissement", "caisse", "cle", "chaine", *RECORDS)),
    "entreprise": Element("", {"raison_sociale": "text", "pays": "text", "immatriculation": "text", "tva": "text",
                               "naf": "text"}),
    "etablissement": Element("", {"numero": "text", "nom": "text", "adresse": "text", "code_postal": "text",
                                  "ville": "text", "pays": "text"}),
    "caisse": Element("", {"code": "text", "nom": "text", "etablissement": "text"}),
    "cle": Element("", {"caisse": "text", "generation": "whole", "empreinte": "text"}),
    "chaine": Element("", {"nom": "text", "premier": "whole", "dernier": "whole"}),
}  # fmt: skip
FRAME = tuple(_FRAME)
