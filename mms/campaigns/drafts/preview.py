"""Which rows to look at before sending: where a merged message is most likely to look wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from mms.message import MessageTemplate, RenderedMessage
from mms.message.content import values_of
from mms.recipients import CheckedList, Verdict

LOOKED_AT = 20_000
"""Ready rows that are rendered for this; more would keep the page waiting."""
_PICTURES = 5


@dataclass(frozen=True, slots=True)
class RiskyRow:
    """A row of the spreadsheet, and in a few words why it is worth a look."""

    row: int
    why: str


def risky_rows(checked: CheckedList, message: MessageTemplate) -> tuple[RiskyRow, ...]:
    """Ready rows worth a look, the riskiest first, each once; empty when no row is ready.

    Blank fields, then the longest text, unusual characters, each different picture, and the first row.
    """
    found: dict[int, str] = {}
    for risky in _candidates(checked, message):
        found.setdefault(risky.row, risky.why)
    return tuple(RiskyRow(row, why) for row, why in found.items())


def _candidates(checked: CheckedList, message: MessageTemplate) -> Iterator[RiskyRow]:
    rendered = list(_rendered(checked, message))
    if not rendered:
        return
    yield from _blank_fields(checked, message, [row for row, _ in rendered])
    yield RiskyRow(max(rendered, key=lambda one: len(one[1].body))[0], "longest text")
    if odd := next((row for row, one in rendered if not _is_plain(one.body, message)), None):
        yield RiskyRow(odd, "unusual characters")
    if message.media_columns:
        first_with = {one.media_urls: row for row, one in reversed(rendered)}
        yield from (RiskyRow(row, "its own picture") for row in islice(sorted(first_with.values()), _PICTURES))
    yield RiskyRow(rendered[0][0], "first row")


def _rendered(checked: CheckedList, message: MessageTemplate) -> Iterator[tuple[int, RenderedMessage]]:
    ready = frozenset(checked.rows_with(Verdict.READY)[:LOOKED_AT])
    columns = checked.upload.columns
    for row, cells in checked.upload.rows():
        if row in ready:
            yield row, message.render(values_of(columns, cells))


def _blank_fields(checked: CheckedList, message: MessageTemplate, rows: list[int]) -> Iterator[RiskyRow]:
    wanted = frozenset(rows)
    for field in message.merge_fields:
        cells = checked.upload.column(checked.upload.keys[field.key]).to_pylist()
        numbers = checked.upload.row_numbers.tolist()
        blank = next((row for row, cell in zip(numbers, cells, strict=True) if not cell and row in wanted), None)
        if blank is not None:
            yield RiskyRow(blank, f"nothing in “{field.name}”")


def _is_plain(body: str, message: MessageTemplate) -> bool:
    """Whether the row brought no character beyond ASCII that the message itself does not have."""
    return body.isascii() or all(character.isascii() or character in message.body.text for character in body)
