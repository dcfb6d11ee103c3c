"""What was changed on the way from the file to the list, for the box "What we changed"."""

from collections.abc import Iterable
from dataclasses import dataclass

from mms.recipients.sentences import counted

_SENTENCES = {
    "encoding": "We read the file as {example}. Please check that names with accents look right.",
    "unreadable_characters": "{count} [character|characters] could not be read and [shows|show] as �.",
    "separator": "We read the file as separated by {example}.",
    "quoted_lines": "Every line of the file stood in quotes as a whole; we took them off.",
    "joined_files": "We put {count} [row|rows] of another file behind the first ({example}).",
    "contact_cards": "The file holds contact cards; we read {count} [card|cards].",
    "lettered_columns": "The file has no column names; we call the columns {example}.",
    "nul_characters": "We removed {count} invisible NUL [character|characters].",
    "title_rows": "We skipped {count} [line|lines] above the column names (such as “{example}”).",
    "workbook": "The file is {example}, whatever its name says; we read it as that.",
    "sheet": "The workbook has several sheets; we read “{example}”.",
    "hidden_rows": "We skipped {count} [row that is|rows that are] hidden in the workbook (such as row {example}).",
    "hidden_rows_unknown": (
        "The file is {example}, in which we cannot see which rows are hidden or filtered out: all rows were read. "
        "If you hid some, save it as XLSX and upload that."
    ),
    "hidden_columns": "{count} [column is|columns are] hidden in the workbook; we kept [it|them] (such as {example}).",
    "merged_cells": "We repeated the value of merged cells in {count} [cell that they cover|cells that they cover].",
    "uncalculated_formulas": (
        "{count} [formula has|formulas have] no stored result and [reads|read] as blank (such as {example})."
    ),
    "blank_rows": "{count} [row|rows] between the others [is|are] blank; we skip [it|them] (such as row {example}).",
    "blank_header": (
        "{count} [column has|columns have] values but no name; we call [it by its|them by their] letter "
        "(such as “{example}”)."
    ),
    "renamed_column": (
        "{count} [column has|columns have] a name that was taken already; we numbered [it|them] (such as “{example}”)."
    ),
    "exponent": (
        "{count} [number was|numbers were] in scientific notation with all digits; we wrote [it|them] out ({example})."
    ),
    "decimal_zero": "{count} [number|numbers] ended in .0; we took it off ({example}).",
    "thousands": "{count} [number|numbers] had commas between the thousands; we took them off ({example}).",
    "label": "{count} [number|numbers] had a label such as “Mobile:”; we took it off ({example}).",
    "ornament": "{count} [number|numbers] had signs that are no digits around [it|them]; we took them off ({example}).",
    "number_prefix": (
        "{count} [number|numbers] began with 00, 011 or stray zeros; we put the country code right ({example})."
    ),
    "zero_before_plus": "{count} [number|numbers] had a 0 before the plus; we took it off ({example}).",
    "url_scheme": "{count} [link|links] had no https:// in front; we added it ({example}).",
    "url_encoding": "{count} [link|links] had spaces or accents; we encoded them ({example}).",
    "url_punctuation": "{count} [link|links] had punctuation stuck to [it|them]; we took it off ({example}).",
    "several_urls": "{count} [cell holds|cells hold] more than one link; each is a picture of its own.",
}


@dataclass(frozen=True, slots=True)
class Repair:
    """One kind of change, how often, and one example (phone digits masked)."""

    kind: str
    count: int
    example: str = ""

    @property
    def sentence(self) -> str:
        """For the person who uploaded the file."""
        return counted(_SENTENCES[self.kind], self.count).format(count=f"{self.count:,}", example=self.example)


def merged(repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    """One entry for each kind, counts added up, the first example kept."""
    found: dict[str, Repair] = {}
    for repair in repairs:
        before = found.get(repair.kind)
        found[repair.kind] = Repair(repair.kind, before.count + repair.count, before.example) if before else repair
    return tuple(found.values())


def masked_digits(text: str) -> str:
    """Text that shows its form but not the number: every digit but the last two becomes a dot."""
    digits = sum(character.isdigit() for character in text)
    shown = []
    for character in text:
        if character.isdigit():
            digits -= 1
            shown.append(character if digits < 2 else "•")
        else:
            shown.append(character)
    return "".join(shown)
