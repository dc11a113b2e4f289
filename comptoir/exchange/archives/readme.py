"""LISEZMOI.txt and RUPTURES.txt: the papers that go with an archive."""

from datetime import date
from typing import Any

_READ_ME = """\
ARCHIVE FISCALE
===============
{company}, établissement {establishment}
Période : du {first:%d/%m/%Y} au {last:%d/%m/%Y}. Caisses : {scope}.
Faite par {software} le {made_at} (heure UTC).

Ce qu’elle contient
-------------------
records.jsonl    chaque enregistrement scellé, mot pour mot : un par ligne (JSON). C’est l’original.
archive.xml      les mêmes, à lire : tickets, lignes, règlements, TVA, mouvements d’espèces, clôtures, événements.
                 Son schéma est archive.xsd. Montants en euros, instants en UTC, heure_locale avec son décalage.
*.csv            les mêmes en tableaux (UTF-8, séparateur « ; », virgule décimale). Un texte qui commence par
                 = + - ou @ est précédé d’une apostrophe, pour qu’un tableur ne le prenne pas pour un calcul.
manifest.json    l’empreinte SHA-256 de chaque fichier, et pour chaque chaîne son premier et son dernier numéro.
manifest.sig     la signature du manifeste par la clé du serveur (ECDSA P-256, SHA-256).
scellement.json  l’enregistrement scellé qui inscrit ce manifeste dans la chaîne des archives du dossier.
pubkeys.pem      les clés publiques des caisses et du serveur.
verify.py        le programme de vérification.

Vérifier
--------
Il faut Python 3.8 ou plus et la commande openssl. Rien d’autre, pas même ce logiciel :
    python3 verify.py
Le programme relit tout, refait chaque empreinte et chaque signature, suit chaque chaîne numéro par numéro, compare les
tickets à leur Z, les Z à leur mois, les mois à leur exercice, et nomme le premier enregistrement touché.
Le manifeste seul se vérifie ainsi, avec le bloc S du fichier pubkeys.pem copié dans cle.pem :
    openssl dgst -sha256 -verify cle.pem -signature manifest.sig manifest.json

Empreinte de la clé du serveur : {thumbprint}
Demandez au commerçant de la montrer dans son logiciel (comptoir archive key) : une archive refaite par quelqu’un d’autre
n’aurait pas la même.

Comment un enregistrement est signé
-----------------------------------
« to_sign » = valeurs dans l’ordre de la norme, la signature précédente de la même chaîne, puis l’empreinte SHA-256 de
« body », séparées par des virgules. « signature » = r puis s (32 octets chacun) en base64url sans remplissage.
Une chaîne porte le nom de la caisse, son inscription et le type : C1-1-ticket. Ses numéros se suivent sans trou.
"""


def read_me(**values: Any) -> str:
    return _READ_ME.format(**values)


def rupture_report(ruptures: list[dict[str, Any]], *, first: date, last: date) -> str:
    """What was already wrong in the dossier when the archive was made, chain by chain."""
    lines = [f"RUPTURES CONSTATÉES À LA CRÉATION DE L’ARCHIVE DU {first:%d/%m/%Y} AU {last:%d/%m/%Y}", ""]
    for one in ruptures:
        lines.append(f"{one['chain']} n° {one['seq']} : {one['detail']} ({one['code']})")
    lines += ["", "Les enregistrements sont dans l’archive tels qu’ils ont été trouvés.", ""]
    return "\n".join(lines)
