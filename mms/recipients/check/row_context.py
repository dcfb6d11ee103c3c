"""What the row says about its number: the country in a column of its own, and a label such as "Work Fax"."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from mms.message import squeeze
from mms.phones import ColumnVerdicts, PhoneRules, PhoneVerdict, check_number
from mms.phones.column import put
from mms.phones.countries import country_of
from mms.phones.labels import warns
from mms.phones.text import Digits, read_digits
from mms.problems import PhoneCode
from mms.recipients.check.phone_column_names import mentions_phone
from mms.recipients.read.upload import Upload

# squeezed names of columns that hold a calling code, or the country of the phone
_CODE_NAMES_LISTED = """
countrycode phonecountrycode mobilecountrycode countrycallingcode callingcode dialcode dialingcode
diallingcode phonecode countrydialcode isdcode isd phoneprefix countryprefix phonecountry mobilecountry
codigodepais codigopais códigodepaís códigopaís indicatif landesvorwahl ländervorwahl
"""
_CODE_NAMES = frozenset(_CODE_NAMES_LISTED.split())
_COUNTRY_WORDS = frozenset({"country", "pais", "país", "pays", "paese"})
_LABEL_WORDS = frozenset({"label", "type", "kind", "tipo", "typ", "linetype"})
_WORDS = re.compile(r"[\W_\d]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def in_their_rows(upload: Upload, phone_column: str, phones: ColumnVerdicts, rules: PhoneRules) -> ColumnVerdicts:
    """The verdicts again where the rest of the row says something about the number."""
    found = _changes(upload, phone_column, phones, rules)
    changes = dict(found)
    return put(phones, changes) if changes else phones


def _changes(
    upload: Upload, phone_column: str, phones: ColumnVerdicts, rules: PhoneRules
) -> Iterator[tuple[int, PhoneVerdict]]:
    country = country_column(upload, phone_column)
    if country is not None:
        yield from _by_country(upload, phone_column, country, rules)
    label = label_column(upload, phone_column)
    if label is not None:
        for position in _where(upload, label, warns):
            if phones.codes[position] == 0:
                yield position, PhoneVerdict.refused(PhoneCode.WARNING_LABEL)


def country_column(upload: Upload, phone_column: str) -> str | None:
    """The column with the country of the number: a calling code first, then a country of the address."""
    columns = [column for column in upload.columns if column != phone_column]
    codes = [column for column in columns if squeeze(column) in _CODE_NAMES]
    countries = [column for column in columns if _COUNTRY_WORDS.intersection(_words(column))]
    return next(iter([*codes, *countries]), None)


def label_column(upload: Upload, phone_column: str) -> str | None:
    """The column that says what kind of phone it is, such as `Phone 1 - Label` beside `Phone 1 - Value`."""
    labels = [
        column
        for column in upload.columns
        if column != phone_column and mentions_phone(column) and _LABEL_WORDS.intersection(_words(column))
    ]
    start = phone_column.split(" - ")[0]
    own = [column for column in labels if " - " in phone_column and column.split(" - ")[0] == start]
    numbered = " - " in phone_column
    return next(iter(own if numbered else labels), None)


def _words(column: str) -> list[str]:
    return _WORDS.split(_CAMEL.sub(" ", column).casefold())


def _where(upload: Upload, column: str, says: Callable[[str], bool]) -> list[int]:
    """Positions of the cells of which `says` is true; each distinct cell is asked once."""
    encoded = upload.column(column).combine_chunks().dictionary_encode()
    asked = np.array([bool(cell) and says(cell) for cell in encoded.dictionary.to_pylist()], dtype=bool)
    which = encoded.indices.to_numpy(zero_copy_only=False)
    found: list[int] = np.flatnonzero(asked[which]).tolist() if len(asked) else []
    return found


def _by_country(
    upload: Upload, phone_column: str, column: str, rules: PhoneRules
) -> Iterator[tuple[int, PhoneVerdict]]:
    """Numbers of the rows that name another country than ours, read as numbers of that country or refused."""
    is_code = squeeze(column) in _CODE_NAMES
    values = pc.unique(upload.column(column)).to_pylist()
    foreign = {value: region for value in values if (region := country_of(value)) and not _is_home(region, rules)}
    if not foreign:
        return
    positions = _where(upload, column, foreign.__contains__)
    at = pa.array(positions)
    named = upload.column(column).take(at).to_pylist()
    cells = upload.column(phone_column).take(at).to_pylist()
    for position, value, cell in zip(positions, named, cells, strict=True):
        verdict = _abroad(cell, foreign[value], rules, is_code=is_code)
        if verdict is not None:
            yield position, verdict


def _is_home(region: str, rules: PhoneRules) -> bool:
    return region == rules.region or (rules.in_nanp and replace(rules, region=region).in_nanp)


def _abroad(cell: str, region: str, rules: PhoneRules, *, is_code: bool) -> PhoneVerdict | None:
    """The verdict on a number whose row names another country; None: the cell alone decides."""
    reading = read_digits(cell)
    if not isinstance(reading, Digits):
        return None
    says_its_country = reading.plus or reading.digits.startswith("00")
    verdict = check_number(cell, replace(rules, region=region, other_countries=True))
    same_country = bool(verdict.e164) and _calling_code(verdict.region or "") == _calling_code(region)
    if verdict.e164 and not same_country:
        # +1 415 … in a row that lives in Mexico is one reading; beside a calling code of +52 it is two.
        return PhoneVerdict.refused(PhoneCode.NOT_A_NUMBER) if is_code or not says_its_country else None
    return verdict if same_country and rules.other_countries else PhoneVerdict.refused(PhoneCode.OUTSIDE_US_CANADA)


def _calling_code(region: str) -> int:
    return phonenumbers.country_code_for_region(region)
