"""What keeps no row back but should be thought about before sending."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mms.message import MessageTemplate, squeeze
from mms.phones import ColumnVerdicts
from mms.phones.column import REGIONS
from mms.phones.rules import NATIVE_REGIONS, TERRITORIES
from mms.recipients.check.checked_list import VERDICTS, ListWarning, Verdict
from mms.recipients.check.consent import consent_column, rows_with_old_consent
from mms.recipients.check.message_checks import MessageFindings, merged_bodies
from mms.recipients.check.options import CheckOptions
from mms.recipients.check.phone_column import hit_rate, likely_columns
from mms.recipients.check.sms_segment_counts import segments_of_all
from mms.recipients.read.decoding import WINDOWS_TEXT
from mms.recipients.read.upload import Upload
from mms.recipients.sentences import counted
from mms.sms_segments import costly_character

CONSECUTIVE_NUMBERS = 250
"""A run of this many consecutive numbers looks generated or bought (RapidPro's threshold)."""
MANY_INVALID = 0.2

# UTF-8 read as cp1252 by somebody before us: Ã or Â and a character of the upper half, â€, or a lost character.
_MOJIBAKE = "[ÃÂ][\u0080-\u00bfƒ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€‚„…†‡ˆ]|â€|\ufffd"
# Three in a row that are not ASCII, unless all are punctuation: “…” is no word.
_SIGN = r"[^\x00-\x7f]"
_LETTER = r"[^\x00-\x7f\x{a0}\x{ab}\x{b7}\x{bb}\x{2013}-\x{2026}\x{20ac}]"
_ACCENTS_IN_A_ROW = f"{_LETTER}{_SIGN}{_SIGN}|{_SIGN}{_LETTER}{_SIGN}|{_SIGN}{_SIGN}{_LETTER}"
_NATIVE = [index for index, region in enumerate(REGIONS) if region in NATIVE_REGIONS]
_READY = VERDICTS.index(Verdict.READY)
_BLANK = VERDICTS.index(Verdict.BLANK)


def list_warnings(
    upload: Upload,
    phone_column: str,
    phones: ColumnVerdicts,
    verdicts: npt.NDArray[np.uint8],
    options: CheckOptions,
    findings: MessageFindings | None = None,
) -> tuple[ListWarning, ...]:
    """Every warning that applies, the gravest first."""
    ready = verdicts == _READY
    return (
        *_wrong_column(upload, phone_column, phones, verdicts != _BLANK, options),
        *_consecutive(phones.numbers[ready]),
        *_regions(phones.regions[ready]),
        *_mojibake(upload),
        *_wrong_alphabet(upload),
        *_blank_merge_fields(upload, ready, options),
        *_ambiguous_fields(upload, options),
        *(_about_message(upload, phones, ready, options.message, findings) if options.message and findings else ()),
        *_old_consent(upload, options),
    )


def _wrong_column(
    upload: Upload,
    phone_column: str,
    phones: ColumnVerdicts,
    filled: npt.NDArray[np.bool_],
    options: CheckOptions,
) -> Iterator[ListWarning]:
    """More than a fifth invalid: perhaps another column is meant."""
    wrong, rows = int((phones.codes[filled] != 0).sum()), int(filled.sum())
    if rows == 0 or wrong / rows <= MANY_INVALID:
        return
    rates = {column: hit_rate(upload, column, options.phone_rules) for column in likely_columns(upload)}
    better = max(rates, key=lambda column: rates[column], default=phone_column)
    sentence = counted("{:,} of {:,} cells in “{}” [holds|hold] no number to send to.", wrong)
    text = sentence.format(wrong, rows, phone_column)
    if better != phone_column and rates[better] > 1 - wrong / rows:
        text += f" “{better}” holds {rates[better]:.0%} good numbers: is that the right column?"
        yield ListWarning("many_invalid", wrong, text, better)
    else:
        yield ListWarning("many_invalid", wrong, text + " Check where the list comes from.")


def _consecutive(numbers: npt.NDArray[np.int64]) -> Iterator[ListWarning]:
    distinct = np.unique(numbers)
    if len(distinct) < CONSECUTIVE_NUMBERS:
        return
    breaks = np.flatnonzero(np.diff(distinct) != 1)
    longest = int(np.diff(np.r_[-1, breaks, len(distinct) - 1]).max())
    if longest >= CONSECUTIVE_NUMBERS:
        yield ListWarning(
            "consecutive_numbers",
            longest,
            f"{longest:,} numbers follow one another without a gap. Lists like this are usually generated or "
            "bought, and sending to them gets a sender blocked. Send only to people who asked for it.",
        )


def _regions(regions: npt.NDArray[np.int16]) -> Iterator[ListWarning]:
    found, counts = np.unique(regions[regions >= 0], return_counts=True)
    by_region = {REGIONS[index]: int(count) for index, count in zip(found, counts, strict=True)}
    territories = {region: count for region, count in by_region.items() if region in TERRITORIES}
    if territories:
        count = sum(territories.values())
        yield ListWarning(
            "us_territories",
            count,
            counted("{:,} [number is|numbers are] in US territories ({}). ", count).format(
                count, ", ".join(sorted(territories))
            )
            + "Check that Twilio's geo permissions allow it.",
        )
    abroad = {region: count for region, count in by_region.items() if region not in NATIVE_REGIONS}
    if abroad:
        count = sum(abroad.values())
        yield ListWarning(
            "other_countries",
            count,
            counted("{:,} [number is|numbers are] outside the US and Canada ({}). ", count).format(
                count, ", ".join(sorted(abroad))
            )
            + "The picture arrives there as a link in a text, and it is priced apart.",
        )


def _mojibake(upload: Upload) -> Iterator[ListWarning]:
    for column, count, example in _spoilt(upload, _MOJIBAKE):
        yield ListWarning(
            "mojibake",
            count,
            counted("{:,} [cell|cells] in “{}” [has|have] broken letters, such as “{}”. ", count).format(
                count, column, example
            )
            + "The message would show them like that. Save the file again as UTF-8 from where it comes from.",
            column,
            example,
        )


def _wrong_alphabet(upload: Upload) -> Iterator[ListWarning]:
    """Accents in a row, as Russian, Polish or Japanese letters look in the encoding that was assumed."""
    if not any(repair.kind == "encoding" and repair.example.startswith(WINDOWS_TEXT) for repair in upload.repairs):
        return
    for column, count, example in _spoilt(upload, _ACCENTS_IN_A_ROW):
        yield ListWarning(
            "wrong_alphabet",
            count,
            counted("{:,} [cell|cells] in “{}” may have been read in the wrong alphabet, such as “{}”. ", count).format(
                count, column, example
            )
            + "Save the file again as UTF-8 (in Excel: “CSV UTF-8”) and upload that one.",
            column,
            example,
        )


def _spoilt(upload: Upload, pattern: str) -> Iterator[tuple[str, int, str]]:
    """Column, number of cells and the first of them, where letters outside ASCII match `pattern`."""
    for column in upload.columns:
        cells = upload.column(column)
        if pc.all(pc.string_is_ascii(cells)).as_py():
            continue
        spoilt = pc.match_substring_regex(cells, pattern)
        if count := pc.sum(spoilt).as_py():
            yield column, count, cells.filter(spoilt)[0].as_py()[:40]


def _blank_merge_fields(upload: Upload, ready: npt.NDArray[np.bool_], options: CheckOptions) -> Iterator[ListWarning]:
    """Fields whose fallback is used, with how often; a blank field without fallback is a row problem."""
    for field in options.message.merge_fields if options.message else ():
        if field.fallback is None:
            continue
        blank = pc.equal(upload.column(upload.keys[field.key]), "").to_numpy() & ready
        if count := int(blank.sum()):
            row = int(upload.row_numbers[np.flatnonzero(blank)[0]])
            yield ListWarning(
                "fallback_used",
                count,
                counted(
                    "{:,} [row has|rows have] nothing in “{}” and [gets|get] “{}” instead (row {} is the first).", count
                ).format(count, field.name, field.fallback, row),
                upload.keys[field.key],
                str(row),
            )


def _ambiguous_fields(upload: Upload, options: CheckOptions) -> Iterator[ListWarning]:
    """Fields that fit several columns: the first one counts."""
    for name in options.message.fields if options.message else ():
        fitting = [c for c in upload.columns if squeeze(upload.original_name(c)) == squeeze(name)]
        if len(fitting) > 1:
            yield ListWarning(
                "ambiguous_field",
                len(fitting),
                f"{len(fitting)} columns are called “{name}”. The message takes the first one; "
                "rename the others if you mean one of them.",
                fitting[0],
            )


def _about_message(
    upload: Upload,
    phones: ColumnVerdicts,
    ready: npt.NDArray[np.bool_],
    message: MessageTemplate,
    findings: MessageFindings,
) -> Iterator[ListWarning]:
    if insecure := int((findings.insecure & ready).sum()):
        yield ListWarning(
            "insecure_media",
            insecure,
            counted("In {:,} [row|rows] a picture's link begins with http:// (such as “{}”). ", insecure).format(
                insecure, findings.insecure_example[:80]
            )
            + "Anyone on the way can read or change it. Use https:// if the address has it.",
            example=findings.insecure_example,
        )
    abroad = (phones.regions >= 0) & ~np.isin(phones.regions, _NATIVE)
    by_sms = ready & ((findings.media == 0) | abroad)
    if by_sms.any():
        yield from _sms_segments(upload, by_sms, message)


def _sms_segments(upload: Upload, by_sms: npt.NDArray[np.bool_], message: MessageTemplate) -> Iterator[ListWarning]:
    """Texts that take several SMS, of the rows that get no picture or live where it arrives as a link."""
    texts = merged_bodies(upload, message).filter(pa.array(by_sms))
    counts = segments_of_all(texts)
    if several := int((counts > 1).sum()):
        first = int(np.flatnonzero(counts > 1)[0])
        row = int(upload.row_numbers[by_sms][first])
        costly = costly_character(texts[first].as_py())
        holds = f"With “{costly}” in it one SMS holds 70 characters" if costly else "One SMS holds 160 characters"
        yield ListWarning(
            "sms_segments",
            several,
            counted(
                "{:,} [text goes|texts go] out as more than one SMS, up to {} (row {} is the first). ", several
            ).format(several, int(counts.max()), row)
            + holds
            + "; each is paid for.",
            example=str(row),
        )


def _old_consent(upload: Upload, options: CheckOptions) -> Iterator[ListWarning]:
    column = consent_column(upload) if options.consent_before else None
    if column is None or options.consent_before is None:
        return
    if count := rows_with_old_consent(upload, column, options.consent_before, options.region):
        yield ListWarning(
            "old_consent",
            count,
            counted(f"{count:,} [person|people] agreed before {options.consent_before:%d %B %Y}. ", count)
            + "Numbers change hands; ask again before you write to them.",
            column,
        )
