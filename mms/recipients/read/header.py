"""The row of column names: where it is, and what the columns are called."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from mms.message import squeeze
from mms.problems import FileCode
from mms.recipients.check.phone_column_names import is_phone_name, mentions_phone
from mms.recipients.read.file_errors import file_error

_ROWS_TO_LOOK_AT = 10
_NO_NUMBER = frozenset({"n/a", "na", "none", "null", "unknown", "tbd", "tbc", "missing", "no phone"})
_KNOWN_NAMES_LISTED = """
name names fullname firstname first lastname last surname forename givenname familyname customer customername
client clientname guest guestname member membername patient student contact contactname person people who
attendee company business organization organisation email emailaddress mail address address1 street city town
state province region zip zipcode postcode postalcode country notes note comment comments date dob birthday
birthdate age gender sex tag tags group id no number title status source language code coupon order orderid
orderdate total amount price product item store branch image picture photo url link media mediaurl nombre
nombres apellido apellidos cliente correo direccion ciudad estado fecha nom prenom prénom ville adresse
vorname nachname kunde stadt ort plz nome cognome cidade
"""
_KNOWN_NAMES = frozenset(_KNOWN_NAMES_LISTED.split())
_RECORDS_TO_SEARCH = 1_000
_LIKE_A_NUMBER = re.compile(r"^\D{0,12}(?:\d[\s().\-/]{0,4}){10,15}\D{0,12}$")
_NUMBER = re.compile(r"'?\+?[\d\s().\-]{10,24}")


def is_blank(record: Sequence[str]) -> bool:
    """Whether a record holds nothing but white space."""
    return not any(cell and not cell.isspace() for cell in record)


def header_position(records: Sequence[Sequence[str]]) -> int:
    """Index of the column names among the first records; lines of title or notes above them are passed over.

    Raises:
        UploadError: `no_header` when that row holds a phone number, so it is somebody's.
    """
    not_blank = ((at, record) for at, record in enumerate(records) if not is_blank(record))
    looked_at = list(islice(not_blank, _ROWS_TO_LOOK_AT))
    rows = [[clean_name(cell) for cell in record] for _, record in looked_at]
    place = _first_of_names([list(filter(None, cells)) for cells in rows]) or _above_numbers(rows)
    at = looked_at[place][0]
    if any(_is_number(cell) for cell in rows[place]) or _is_person(rows[place], rows[place + 1 :]):
        raise file_error(FileCode.NO_HEADER, row=at + 1)
    return at


def _is_person(names: list[str], below: list[list[str]]) -> bool:
    """Whether the row is the first recipient, her number blank or short: no known name, and numbers below that cell."""
    if any(squeeze(name) in _KNOWN_NAMES or mentions_phone(name) for name in names):
        return False
    numbers = {at for cells in below for at, cell in enumerate(cells) if _is_number(cell)}
    above = [names[at] if at < len(names) else "" for at in numbers]
    return any("@" in name for name in names) or any(_is_no_name(cell) for cell in above)


def _is_no_name(cell: str) -> bool:
    digits = sum(c.isdigit() for c in cell)
    return digits > 3 or not any(c.isalpha() for c in cell) or cell.casefold() in _NO_NUMBER


def _above_numbers(rows: list[list[str]]) -> int:
    """The first row that names a phone column with a number somewhere below it, whatever stands above; otherwise 0."""
    for place, names in enumerate(rows):
        if any(map(_is_number, names)):
            break
        phones = [at for at, name in enumerate(names) if is_phone_name(name)]
        if any(len(cells) > at and _is_number(cells[at]) for cells in rows[place + 1 :] for at in phones):
            return place
    return 0


def _first_of_names(rows: list[list[str]]) -> int:
    """Which of the filled rows names the columns: the first, unless it is a title above a row that clearly does."""
    for place, cells in enumerate(rows):
        # Distinct cells: a title merged over the columns stands in each of them.
        if any(is_phone_name(cell) for cell in cells) and all(len(set(above)) == 1 for above in rows[:place]):
            return place
    wide = next((place for place, cells in enumerate(rows) if len(set(cells)) > 1), 0)
    is_names = not any(any(c.isdigit() for c in cell) for cell in rows[wide])
    if is_names and len(rows) > wide + 1 and all(len(cells) > 1 for cells in rows[wide:]):
        return wide
    return 0


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell)) and 10 <= sum(c.isdigit() for c in cell) <= 15


def holds_numbers(records: Sequence[Sequence[str]]) -> bool:
    """Whether any of the first thousand records holds something like a phone number."""
    return any(_LIKE_A_NUMBER.search(cell) for record in islice(records, _RECORDS_TO_SEARCH) for cell in record)


def clean_name(cell: str) -> str:
    """A column name on one line, without invisible characters."""
    if cell.isascii():
        return " ".join(cell.split()).removeprefix("'")
    seen = "".join(c for c in cell if unicodedata.category(c) not in ("Cf", "Cc") or c.isspace())
    return " ".join(seen.split())


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Unique names; `unnamed` are those made from the column's letter, `renamed` those that were taken before."""

    names: tuple[str, ...]
    unnamed: frozenset[str]
    renamed: tuple[str, ...]


def column_names(header: Sequence[str], letters: Sequence[int]) -> ColumnNames:
    """Names for the columns that stand at the positions `letters` of the sheet."""
    names: dict[str, None] = {}
    unnamed, renamed = [], []
    for cell, position in zip(header, letters, strict=True):
        wanted = clean_name(cell)
        name = _not_taken(wanted or f"Column {column_letter(position)}", names)
        if not wanted:
            unnamed.append(name)
        elif name != wanted:
            renamed.append(name)
        names[name] = None
    return ColumnNames(tuple(names), frozenset(unnamed), tuple(renamed))


def _not_taken(name: str, names: dict[str, None]) -> str:
    if name not in names:
        return name
    count = 2
    while f"{name} ({count})" in names:
        count += 1
    return f"{name} ({count})"


def column_letter(position: int) -> str:
    """What a spreadsheet calls the column at `position` (0 is A)."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
