"""Civil dates from text and back, without a clock: the caller gives instants, the engine shifts them."""

from .checks import Refusal

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _month_length(year, month):
    return 29 if month == 2 and _leap(year) else _LENGTHS[month - 1]


def day_number(year, month, day):
    """Days since 1 March of year 0 of the Gregorian calendar (only differences and the weekday matter)."""
    if month < 3:
        year -= 1
        month += 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1


def civil_date(number):
    """(year, month, day) of a day number; the inverse of `day_number`."""
    era = number // 146097
    day = number - era * 146097
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5
    if month < 10:
        return year + era * 400, month + 3, day + 1
    return year + era * 400 + 1, month - 9, day + 1


def _number(text, start, end, path):
    part = text[start:end]
    if len(part) != end - start:
        raise Refusal("not_an_instant", path)
    for character in part:
        if not "0" <= character <= "9":
            raise Refusal("not_an_instant", path)
    return int(part)


def parse_date(text, path):
    """(year, month, day) of `2026-11-22`."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        raise Refusal("not_a_date", path)
    year = _number(text, 0, 4, path)
    month = _number(text, 5, 7, path)
    day = _number(text, 8, 10, path)
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= _month_length(year, month):
        raise Refusal("not_a_date", path)
    return year, month, day


def parse_instant(text, path):
    """Seconds since the calendar's zero of `2026-11-22T09:11:12Z` (a fraction of a second is accepted and dropped)."""
    if len(text) < 20 or text[10] != "T" or text[13] != ":" or text[16] != ":" or text[-1] != "Z":
        raise Refusal("not_an_instant", path)
    if len(text) > 20:
        if text[19] != "." or len(text) == 21:
            raise Refusal("not_an_instant", path)
        _number(text, 20, len(text) - 1, path)
    year, month, day = parse_date(text[:10], path)
    hour = _number(text, 11, 13, path)
    minute = _number(text, 14, 16, path)
    second = _number(text, 17, 19, path)
    if hour > 23 or minute > 59 or second > 59:
        raise Refusal("not_an_instant", path)
    return day_number(year, month, day) * 86400 + hour * 3600 + minute * 60 + second


def _last_sunday(year, month):
    """Day number of the last Sunday of March or October."""
    last = day_number(year, month, 31)
    return last - (last + 3) % 7


def summer_minutes(at, path):
    """What summer time adds to clocks of the European Union at an instant. Source: Directive 2000/84/EC, art. 2 and 3."""
    year = parse_date(at[:10], path)[0]
    changes = [_last_sunday(year, month) * 86400 + 3600 for month in (3, 10)]
    return 60 if changes[0] <= parse_instant(at, path) < changes[1] else 0


def local_parts(at, offset_minutes, path):
    """(year, month, day, hour, minute, second) on the wall of the shop."""
    seconds = parse_instant(at, path) + offset_minutes * 60
    year, month, day = civil_date(seconds // 86400)
    rest = seconds % 86400
    return year, month, day, rest // 3600, rest // 60 % 60, rest % 60


def stamp(at, offset_minutes, path):
    """Local time as `AAAAMMJJHHMMSS`, the form of the signed string."""
    return "%04d%02d%02d%02d%02d%02d" % local_parts(at, offset_minutes, path)


def long_date(date, path):
    """`2026-11-20` as `vendredi 20 novembre 2026`."""
    year, month, day = parse_date(date, path)
    weekday = DAYS[(day_number(year, month, day) + 2) % 7]
    return weekday + " " + ("1er" if day == 1 else str(day)) + " " + MONTHS[month - 1] + " " + str(year)
