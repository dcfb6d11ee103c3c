"""What the merged message says about each row, worked out column by column.

Gives the problems that `mms.message.message_problems` gives for one rendered row; a test compares them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mms.message import MAX_BODY, MAX_MEDIA, MessageTemplate, Template, mend_url, nearest_column, split_urls
from mms.message.content import NO_WEB_ADDRESS, TOO_MANY_MEDIA, missing_value_text, too_long_text
from mms.message.template import Field
from mms.problem_texts import ROW_TEXTS
from mms.problems import MediaCode, PhoneCode, RowCode
from mms.recipients.read.file_errors import MissingColumnsError
from mms.recipients.read.upload import Upload
from mms.recipients.repairs import Repair
from mms.settings import LOOPBACK_HOSTS

Rows = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]
# An address that needs no mending, whatever `mend_url` would look for.
_SOUND_URL = r"^https?://[A-Za-z0-9.\-]+(?::[0-9]+)?/[A-Za-z0-9._~/\-]*[A-Za-z0-9_~/\-](?:\?[A-Za-z0-9._~/=&\-]*[A-Za-z0-9_~/=&\-])?$"


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A problem at a position of the upload (not a row number); `column` None: the row as a whole.

    `value` is what is wrong where no cell holds it.
    """

    position: int
    column: str | None
    code: PhoneCode | RowCode | MediaCode
    message: str
    value: str = ""


@dataclass(slots=True)
class MessageFindings:
    """What the message makes of all rows: `media` each row has, and whether one of them is `insecure` (http)."""

    media: Counts
    insecure: Rows
    problems: list[CellProblem] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    insecure_example: str = ""


def message_columns(upload: Upload, message: MessageTemplate) -> dict[str, str]:
    """Column of the upload for each merge field, by the field's key.

    Raises:
        MissingColumnsError: naming every field without a column, and the nearest column of each.
    """
    missing = {
        field.name: nearest_column(field.name, upload.columns)
        for field in message.merge_fields
        if field.key not in upload.keys
    }
    if missing:
        raise MissingColumnsError(missing, upload.columns)
    return {field.key: upload.keys[field.key] for field in message.merge_fields}


def check_messages(upload: Upload, message: MessageTemplate) -> MessageFindings:
    """Problems and repairs of every row, blank rows included: the caller knows which rows count."""
    columns = message_columns(upload, message)
    merged = _MergedColumns(upload, columns)
    findings = MessageFindings(np.zeros(len(upload), dtype=np.int64), np.zeros(len(upload), dtype=bool))
    findings.problems.extend(_missing_values(message, merged))
    lengths = merged.lengths(message.body)
    for position in np.flatnonzero(lengths > MAX_BODY):
        text = too_long_text(int(lengths[position]))
        findings.problems.append(CellProblem(int(position), None, RowCode.MESSAGE_TOO_LONG, text))
    _check_media(message.media, merged, findings)
    media = findings.media
    media += message.own_pictures
    for position in np.flatnonzero(media > MAX_MEDIA):
        text = TOO_MANY_MEDIA.format(count=int(media[position]))
        findings.problems.append(CellProblem(int(position), None, MediaCode.TOO_MANY, text))
    for position in np.flatnonzero(merged.blank_bodies(message.body) & (media == 0)):
        text = ROW_TEXTS[RowCode.MESSAGE_EMPTY]
        findings.problems.append(CellProblem(int(position), None, RowCode.MESSAGE_EMPTY, text))
    return findings


class _MergedColumns:
    """The columns behind a message's fields, with what is worked out from them kept."""

    def __init__(self, upload: Upload, columns: dict[str, str]) -> None:
        self.upload, self.columns = upload, columns
        self.blank = cache(self._blank)

    def name(self, field: Field) -> str:
        return self.columns[field.key]

    def cells(self, field: Field) -> pa.ChunkedArray:
        return self.upload.column(self.name(field))

    def _blank(self, key: str) -> Rows:
        blank: Rows = pc.equal(self.upload.column(self.columns[key]), "").to_numpy()
        return blank

    def lengths(self, template: Template) -> Counts:
        """Characters of the merged text of every row."""
        fixed = sum(len(part) for part in template.parts if isinstance(part, str))
        total: Counts = np.full(len(self.upload), fixed, dtype=np.int64)
        for part in template.merge_fields:
            total += pc.utf8_length(self.cells(part)).to_numpy()
            total += self.blank(part.key) * len(part.fallback or "")
        return total

    def blank_bodies(self, template: Template) -> Rows:
        """Rows whose merged text is empty or white space; cells are trimmed, so a filled one shows."""
        if any(isinstance(part, str) and part.strip() for part in template.parts):
            return np.zeros(len(self.upload), dtype=bool)
        blank: Rows = np.ones(len(self.upload), dtype=bool)
        for part in template.merge_fields:
            blank &= self.blank(part.key) & (not (part.fallback or "").strip())
        return blank

    def merged(self, template: Template) -> pa.ChunkedArray:
        """The merged text of every row, for a template that has fields."""
        parts = [part if isinstance(part, str) else self._with_fallback(part) for part in template.parts]
        return pc.binary_join_element_wise(*parts, "")

    def _with_fallback(self, part: Field) -> pa.ChunkedArray:
        cells = self.cells(part)
        return pc.if_else(pc.equal(cells, ""), part.fallback, cells) if part.fallback else cells


def _missing_values(message: MessageTemplate, merged: _MergedColumns) -> Iterator[CellProblem]:
    needed = {part.key: part for part in reversed(message.merge_fields) if part.fallback is None}
    for part in reversed(needed.values()):
        for position in np.flatnonzero(merged.blank(part.key)):
            text = missing_value_text(part.name)
            yield CellProblem(int(position), merged.name(part), RowCode.MISSING_VALUE, text)


@dataclass(frozen=True, slots=True)
class _CellUrls:
    """What one distinct text gives."""

    count: int
    refused: str | None = None  # the first piece that is no web address
    repairs: tuple[tuple[str, str], ...] = ()
    insecure: str = ""
    """The first that is fetched over http from another computer."""


def _check_media(templates: Sequence[Template], merged: _MergedColumns, findings: MessageFindings) -> None:
    """What the media of each row are; all goes into `findings`."""
    repairs: Counter[tuple[str, str]] = Counter()
    for template in templates:
        texts, which = _distinct_texts(template, merged)
        found = [_cell_urls(text, sound) for text, sound in texts]
        findings.media += np.array([urls.count for urls in found], dtype=np.int64)[which]
        if examples := [urls.insecure for urls in found if urls.insecure]:
            findings.insecure |= np.array([bool(urls.insecure) for urls in found])[which]
            findings.insecure_example = findings.insecure_example or examples[0]
        column = merged.name(template.merge_fields[0]) if template.merge_fields else None
        refused = np.array([urls.refused is not None for urls in found])[which]
        for position in np.flatnonzero(refused):
            link = found[which[position]].refused or ""
            findings.problems.append(CellProblem(int(position), column, MediaCode.SCHEME, NO_WEB_ADDRESS, link))
        for urls, times in zip(found, np.bincount(which, minlength=len(found)).tolist(), strict=True):
            repairs.update(dict.fromkeys(urls.repairs, times))
    findings.repairs.extend(Repair(kind, count, example) for (kind, example), count in repairs.items())


def _distinct_texts(template: Template, merged: _MergedColumns) -> tuple[list[tuple[str, bool]], Counts]:
    """Each distinct merged text with whether it plainly is one sound URL, and for every row which one it has."""
    if not template.merge_fields:
        return [(template.render({}), False)], np.zeros(len(merged.upload), dtype=np.int64)
    encoded = merged.merged(template).combine_chunks().dictionary_encode()
    sound = pc.match_substring_regex(encoded.dictionary, _SOUND_URL).to_pylist()
    return list(zip(encoded.dictionary.to_pylist(), sound, strict=True)), encoded.indices.to_numpy()


def _cell_urls(text: str, sound: bool) -> _CellUrls:
    if sound or not text:
        return _CellUrls(int(sound), insecure=text if _is_insecure(text) else "")
    pieces = split_urls(text)
    mended = [mend_url(piece) for piece in pieces]
    repairs = [
        (kind, f"{piece} → {one.url}")
        for piece, one in zip(pieces, mended, strict=True)
        if one.url
        for kind in one.repairs
    ]
    if len(pieces) > 1:
        repairs.append(("several_urls", pieces[0]))
    insecure = next((one.url for one in mended if one.url and _is_insecure(one.url)), "")
    refused = next((piece for piece, one in zip(pieces, mended, strict=True) if one.url is None), None)
    return _CellUrls(len(pieces), refused, tuple(repairs), insecure)


def _is_insecure(url: str) -> bool:
    return url.startswith("http:") and urlsplit(url).hostname not in LOOPBACK_HOSTS


def merged_bodies(upload: Upload, message: MessageTemplate) -> pa.ChunkedArray:
    """The merged text of every row."""
    if not message.body.merge_fields:
        return pa.chunked_array([pa.repeat(message.body.render({}), len(upload))])
    return _MergedColumns(upload, message_columns(upload, message)).merged(message.body)
