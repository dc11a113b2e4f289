"""Names as they enter the catalogue, and the plain form in which they are searched."""

import unicodedata

from django.utils.translation import gettext as _

NAME_CHARACTERS = 200
CODE_CHARACTERS = 64
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "’": "'"})
# They change the direction of the text around them: on a receipt or a screen a price could be read backwards.
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class CatalogRefused(ValueError):
    """What is asked of the catalogue cannot be; the message is for the person, `field` says what to correct."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


def clean_name(text: str, *, field: str = "name", limit: int = NAME_CHARACTERS) -> str:
    """The name in NFC without outer spaces. Emoji, quotes and right-to-left scripts are names like others.

    Raises CatalogRefused when it is empty, too long, or holds what no paper can show: control characters (tabs and line
    ends among them), halves of characters, marks that turn the direction of their surroundings."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name:
        raise CatalogRefused(_("Il manque le nom."), field=field)
    if len(name) > limit:
        raise CatalogRefused(_("Ce texte dépasse %d caractères.") % limit, field=field)
    for character in name:
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            raise CatalogRefused(
                _("Ce texte contient une tabulation, un retour à la ligne ou un caractère caché."), field=field
            )
        if character in _DIRECTION:
            raise CatalogRefused(_("Ce texte contient un caractère caché qui change le sens de lecture."), field=field)
    return name


def clean_code(text: str, *, field: str = "code") -> str:
    """An article code or a barcode: like a name, without any space inside."""
    code = clean_name(text, field=field, limit=CODE_CHARACTERS)
    if any(character.isspace() for character in code):
        raise CatalogRefused(_("Un code ne contient pas d’espace."), field=field)
    return code


def folded(text: str) -> str:
    """Without accents nor capitals: `Crème brûlée` is found by `creme brulee`."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(character for character in plain if not unicodedata.combining(character))
