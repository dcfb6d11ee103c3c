"""A workbook's value as the person sees it in the cell: dates and numbers by their number format.

Covers what lists of people hold (dates, times, decimals, thousands, percent, currency, leading zeros); any other
format shows the plain value. Whole numbers always keep every digit: Excel would show a phone number as 1.41556E+10.
"""

import datetime as dt
import re
from typing import Any

_DATE_TOKEN = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.|AM/PM|A/P|y+|m+|d+|h+|s+(?:\.0+)?|.', re.IGNORECASE)
_QUOTED = re.compile(r'\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|"([^"]*)"|\\(.)|_.|\*.')
_NUMBER = re.compile(r"^(\D*?)([#,]*0[0,]*|#[#,]*)(\.0+)?(%?)(\D*)$")
_SHORT_DATE = "mm-dd-yy"  # built-in format 14, which Excel shows in the local short form
_DATE_PARTS = {
    "yyyy": "%Y",
    "yyy": "%Y",
    "yy": "%y",
    "y": "%y",
    "mmmm": "%B",
    "mmm": "%b",
    "mm": "%m",
    "dddd": "%A",
    "ddd": "%a",
    "dd": "%d",
    "hh": "%H",
    "ss": "%S",
}
_UNPADDED = {"m": "month", "d": "day", "h": "hour", "s": "second"}


def cell_text(value: Any, number_format: str) -> str:
    """The text of a cell that holds no string."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return _date_text(value, number_format)
    if isinstance(value, dt.timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, (int, float)):
        return _number_text(value, number_format)
    return str(value)


def date_text(value: Any) -> str:
    """The text of a cell whose number format is not known: dates in Excel's short form, all else as it is."""
    if isinstance(value, dt.datetime) and (value.hour or value.minute or value.second):
        return cell_text(value, "m/d/yyyy h:mm")
    if isinstance(value, (dt.datetime, dt.date)):
        return cell_text(value, _SHORT_DATE)
    return cell_text(value, "h:mm" if isinstance(value, dt.time) else "General")


def _number_text(value: float, number_format: str) -> str:
    shown = _QUOTED.sub(lambda found: found[1] or found[2] or found[3] or "", number_format.split(";")[0])
    form = _NUMBER.match(shown)
    if form is None or (not form[3] and "0" not in form[2] and "," not in form[2]):
        return plain_number(value)
    before, whole, decimals, percent, after = form.groups()
    scaled = value * 100 if percent else value
    places = len(decimals or ".") - 1
    digits = f"{abs(scaled):{',' if ',' in whole else ''}.{places}f}"
    digits = digits.rjust(whole.count("0") + (places + 1 if places else 0), "0")
    return f"{'-' if scaled < 0 else ''}{before}{digits}{percent}{after}".strip()


def plain_number(value: float) -> str:
    """Whole numbers with all their digits and no `.0`; others as short as they can be said (15 digits, as Excel)."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return f"{value:.15g}"


def _date_text(value: dt.datetime | dt.date | dt.time, number_format: str) -> str:
    if number_format.casefold() == _SHORT_DATE and isinstance(value, dt.date):
        return f"{value.month}/{value.day}/{value.year}"
    tokens = [token for token in _DATE_TOKEN.findall(number_format.split(";")[0]) if not token.startswith("[")]
    twelve_hours = any(token.casefold() in ("am/pm", "a/p") for token in tokens)
    shown = []
    for place, token in enumerate(tokens):
        if token[0].casefold() == "m" and _is_minute(tokens, place):
            minute = getattr(value, "minute", 0)
            shown.append(f"{minute:02}" if len(token) > 1 else str(minute))
        else:
            shown.append(_date_part(value, token, twelve_hours=twelve_hours))
    return "".join(shown)


def _is_minute(tokens: list[str], place: int) -> bool:
    """Excel's rule: m means minutes right after hours or right before seconds."""
    letters = [(at, token[0].casefold()) for at, token in enumerate(tokens) if token[0].casefold() in "ymdhs"]
    here = next(index for index, (at, _) in enumerate(letters) if at == place)
    after_hours = here > 0 and letters[here - 1][1] == "h"
    return after_hours or (here + 1 < len(letters) and letters[here + 1][1] == "s")


def _date_part(value: dt.datetime | dt.date | dt.time, token: str, *, twelve_hours: bool) -> str:
    lower = token.casefold()
    if token[0] == '"':
        return token[1:-1]
    if token[0] == "\\":
        return token[1:]
    if lower in ("am/pm", "a/p"):
        return value.strftime("%p")
    if lower[0] == "h":
        hour = getattr(value, "hour", 0)
        hour = (hour % 12 or 12) if twelve_hours else hour
        return f"{hour:02}" if len(lower) > 1 else str(hour)
    if lower in _UNPADDED:
        return str(getattr(value, _UNPADDED[lower], 0))
    directive = _DATE_PARTS.get(lower.split(".")[0])
    return value.strftime(directive) if directive else token
