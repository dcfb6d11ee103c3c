"""Reads `codes.csv` once and finds the advice for a code."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.resources import files
from types import MappingProxyType

from mms.twilio_codes.advice import Charged, CodeAdvice, Family, Hands, Retry

_RANGE, _HTTP, _BLOCK = "-", "http-", "xx"
_UNKNOWN, _NONE = "unknown", "none"


def _advice(row: Mapping[str, str]) -> CodeAdvice:
    return CodeAdvice(
        code=None,
        meaning=row["meaning"],
        advice=row["advice"],
        family=Family(row["family"]),
        hands=Hands(row["hands"]),
        retry=Retry(row["retry"]),
        stops_campaign=_yes(row["stops_campaign"]),
        charged=Charged(row["charged"]),
        seen=frozenset(row["seen"].split()),
        dead_number=_yes(row["dead_number"]),
        opt_out=_yes(row["opt_out"]),
    )


def _yes(cell: str) -> bool:
    return {"yes": True, "no": False}[cell]


def _read() -> Iterator[tuple[str, CodeAdvice]]:
    text = files("mms.twilio_codes").joinpath("codes.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield row["code"], _advice(row)


def _is_general(key: str) -> bool:
    return key in (_UNKNOWN, _NONE) or key.startswith(_HTTP) or key.endswith(_BLOCK)


def _by_code(rows: Iterable[tuple[str, CodeAdvice]]) -> Iterator[tuple[int, CodeAdvice]]:
    for key, advice in rows:
        first, _, last = key.partition(_RANGE)
        for code in range(int(first), int(last or first) + 1):
            yield code, replace(advice, code=code)


_ROWS = dict(_read())
_GENERAL = {key: advice for key, advice in _ROWS.items() if _is_general(key)}

ALL: Mapping[int, CodeAdvice] = MappingProxyType(
    dict(_by_code((key, advice) for key, advice in _ROWS.items() if not _is_general(key)))
)


def explain(code: int | None, http_status: int | None = None) -> CodeAdvice:
    """The advice for a code; one that is not in the table is explained by its block of a hundred, then by HTTP status.

    A status that says what became of the request (429: nothing; 5xx: unknown) goes before a mere block.
    """
    if code is not None and code in ALL:
        return ALL[code]
    keys = [
        *_status_keys(http_status, certain=True),
        f"{(code or 0) // 100}{_BLOCK}",
        *_status_keys(http_status, certain=False),
        _UNKNOWN if code else _NONE,
    ]
    found = next(_GENERAL[key] for key in keys if key in _GENERAL)
    return replace(found, code=code)


def _status_keys(http_status: int | None, *, certain: bool) -> tuple[str, ...]:
    if http_status is None or (http_status == 429 or http_status >= 500) is not certain:
        return ()
    return (f"{_HTTP}{http_status}", f"{_HTTP}{http_status // 100}{_BLOCK}")
