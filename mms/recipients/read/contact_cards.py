"""Contact cards (VCF) of a phone or iCloud to records: name, mobile number, other numbers, e-mail, company.

RFC 6350, and the older forms that phones write (quoted-printable, folded lines, Apple's item groups).
"""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

HEADER = ["Name", "Mobile", "Phone type", "Email", "Company"]
_MOBILE = ("cell", "mobile", "iphone", "main cell", "text")
_NO_TEXT = ("fax", "pager")
_LINE = re.compile(r"^(?:item\d+\.)?([A-Za-z-]+)((?:;[^:]*)?):(.*)$", re.IGNORECASE | re.DOTALL)
_ESCAPED = re.compile(r"\\([\\,;])")


@dataclass(slots=True)
class _Card:
    name: str = ""
    email: str = ""
    company: str = ""
    mobiles: list[str] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)

    def record(self) -> list[str]:
        """Mobiles before other numbers; several stand in one cell, which is then a question."""
        if self.mobiles:
            return [self.name, " / ".join(dict.fromkeys(self.mobiles)), "mobile", self.email, self.company]
        numbers = " / ".join(dict.fromkeys(number for number, _ in self.others))
        kind = self.others[0][1] if len(self.others) == 1 else ""
        return [self.name, numbers, kind, self.email, self.company]


def card_records(text: str) -> list[list[str]]:
    """The header and one record for each card that holds anything."""
    cards = list(_cards(text))
    return [HEADER, *(card.record() for card in cards)]


def _cards(text: str) -> Iterator[_Card]:
    card = None
    for line in _unfolded(text):
        found = _LINE.match(line)
        if found is None:
            continue
        name, about, value = found[1].upper(), found[2], found[3]
        if name == "BEGIN":
            card = _Card()
        elif name == "END" and card is not None:
            yield card
            card = None
        elif card is not None:
            _take(card, name, about.lower(), value)


def _unfolded(text: str) -> list[str]:
    """Logical lines: a space begins a continued one, and quoted-printable ends one with `=`."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if lines and (line[:1] in (" ", "\t")):
            lines[-1] += line[1:]
        elif lines and lines[-1].endswith("=") and "QUOTED-PRINTABLE" in lines[-1].upper():
            lines[-1] = lines[-1][:-1] + line
        else:
            lines.append(line)
    return lines


def _take(card: _Card, name: str, about: str, value: str) -> None:
    if "quoted-printable" in about:
        value = quopri.decodestring(value.encode()).decode(errors="replace")
    value = _ESCAPED.sub(r"\1", value).replace("\\n", " ").strip()
    if name == "FN":
        card.name = value
    elif name == "N" and not card.name:
        last, first, *_ = [*value.split(";"), "", ""]
        card.name = f"{first} {last}".strip()
    elif name == "EMAIL":
        card.email = card.email or value
    elif name == "ORG":
        card.company = card.company or value.replace(";", " ").strip()
    elif name == "TEL":
        _take_number(card, about, value.removeprefix("tel:"))


def _take_number(card: _Card, about: str, number: str) -> None:
    if any(kind in about for kind in _MOBILE) and not any(kind in about for kind in _NO_TEXT):
        card.mobiles.append(number)
    else:
        kinds = re.findall(r"fax|pager|home|work|main|other", about)
        card.others.append((number, " ".join(kinds)))
