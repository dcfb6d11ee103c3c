"""A checked file into a saved list, person by person: shown before it is done, then done in one transaction.

A number is a person. What a later file says replaces what stands there, except where it says less: a blank cell leaves
the cell, and consent once noted keeps its time and words. Who has opted out stays opted out, whatever a file says:
that is in the suppression list, not here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.tables import list_people, lists
from mms.lists.person_facts import consent_time, days_of_year
from mms.lists.saved_lists import SavedList, add_list, saved_list
from mms.recipients import EXTRA_CELLS, CheckedList, Verdict
from mms.recipients.check.checked_list import VERDICTS
from mms.recipients.check.consent import consent_column
from mms.roles import Permission, User, require

EXAMPLES = 200
_T = TypeVar("_T")
_CHUNK = 500  # stays below every database's limit of bound parameters
_KEPT = [VERDICTS.index(verdict) for verdict in (Verdict.READY, Verdict.OPTED_OUT)]


class MergeMode(StrEnum):
    """What becomes of people who are in the list and not in the file."""

    MERGE = "merge"  # they stay
    REPLACE = "replace"  # they are taken out of the list


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that the file changes; `before` is blank where nothing stood."""

    recipient: str = field(repr=False)
    column: str
    before: str = field(repr=False)
    after: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge does to a list. `left_out`: rows of the file that are nobody's good number, or a second row."""

    new: int
    changed: int
    unchanged: int
    gone: int
    left_out: int
    changes: tuple[CellChange, ...]  # the first `EXAMPLES`
    version: int  # of the list that this was worked out for

    @property
    def people(self) -> int:
        """People of the file."""
        return self.new + self.changed + self.unchanged


@dataclass(slots=True)
class _Tally:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    changes: list[CellChange] = field(default_factory=list)


def chunked(values: Iterable[_T], size: int) -> Iterator[tuple[_T, ...]]:
    """`values` in tuples of at most `size`, as `itertools.batched` of Python 3.12."""
    rest = iter(values)
    while chunk := tuple(islice(rest, size)):
        yield chunk


def preview_merge(ledger: Ledger, checked: CheckedList, list_id: int | None) -> MergePreview:
    """What would happen; nothing is written. `list_id` None: a new list."""
    with ledger.read() as connection:
        into = saved_list(connection, list_id) if list_id is not None else None
        tally = _Tally()
        for chunk in chunked(_people(checked), _CHUNK):
            _compared(connection, into, chunk, tally)
        return _preview(connection, checked, into, tally)


def save_new_list(ledger: Ledger, checked: CheckedList, name: str, *, by: User) -> int:
    """Keep a checked file as a new list; returns its number. Raises CampaignError: codes `no_name`, `name_taken`."""
    require(by, Permission.SEND)
    with ledger.write() as connection:
        now = ledger.now(connection)
        list_id = add_list(connection, name, phone_column=checked.phone_column, by=by, at=now)
        _merge(connection, checked, saved_list(connection, list_id), MergeMode.MERGE, by=by, at=now)
    return list_id


def merge_into(
    ledger: Ledger,
    checked: CheckedList,
    list_id: int,
    mode: MergeMode,
    *,
    by: User,
    expected_version: int | None = None,
) -> MergePreview:
    """Do it, all or nothing. `expected_version` is that of the preview which somebody agreed to.

    Raises:
        CampaignError: code `list_changed` when the list is not what was looked at any more; `no_such_list`.
    """
    require(by, Permission.SEND)
    with ledger.write() as connection:
        _locked(connection, ledger, list_id)
        into = saved_list(connection, list_id)
        if expected_version is not None and into.version != expected_version:
            raise CampaignError(
                "Somebody changed this list meanwhile. Look at what would happen now, then press the button again.",
                code="list_changed",
            )
        return _merge(connection, checked, into, mode, by=by, at=ledger.now(connection))


def _locked(connection: Connection, ledger: Ledger, list_id: int) -> None:
    if not ledger.is_sqlite:  # SQLite's writers are alone anyway
        connection.execute(select(lists.c.id).where(lists.c.id == list_id).with_for_update())


def _merge(
    connection: Connection, checked: CheckedList, into: SavedList, mode: MergeMode, *, by: User, at: float
) -> MergePreview:
    tally = _Tally()
    for chunk in chunked(_people(checked), _CHUNK):
        new, changed = _compared(connection, into, chunk, tally)
        _write(connection, into.id, new, changed, checked.upload.file_name, at)
    done = _preview(connection, checked, into, tally)
    if mode is MergeMode.REPLACE:
        _take_out(connection, into.id, _gone(connection, checked, into))
    columns = list(dict.fromkeys([*into.columns, *_columns(checked)]))
    values = {"columns": columns, "version": into.version + 1, "updated_at": at}
    connection.execute(update(lists).where(lists.c.id == into.id).values(**values))
    detail = {"new": done.new, "changed": done.changed, "gone": done.gone, "mode": mode.value}
    note(connection, by.name, "list.merge", at=at, subject=str(into.id), detail=detail)
    return done


@dataclass(frozen=True, slots=True)
class _Person:
    recipient: str
    cells: Mapping[str, str]  # by column, without blanks and without the number
    consent: str  # what the file says about it, in its words


def _columns(checked: CheckedList) -> list[str]:
    return [column for column in checked.upload.columns if column not in (checked.phone_column, EXTRA_CELLS)]


def _people(checked: CheckedList) -> Iterator[_Person]:
    """People in the order of the file, each once: rows that can be sent to, and people who have opted out."""
    upload, wanted = checked.upload, set(_columns(checked))
    consent = consent_column(upload)
    verdicts, numbers = checked.verdicts.tolist(), checked.numbers.tolist()
    seen: set[int] = set()
    for at, (_row, cells) in enumerate(upload.rows()):
        if verdicts[at] not in _KEPT or numbers[at] in seen:
            continue
        seen.add(numbers[at])
        named = dict(zip(upload.columns, cells, strict=True))
        kept = {column: cell for column, cell in named.items() if cell and column in wanted}
        yield _Person(f"+{numbers[at]}", kept, named.get(consent, "") if consent else "")


_Known = dict[str, Any]


def _compared(
    connection: Connection, into: SavedList | None, chunk: Sequence[_Person], tally: _Tally
) -> tuple[list[_Person], list[tuple[_Known, _Person]]]:
    """The new people of a chunk, and those of whom the file says something else; counted on the way."""
    known = _known(connection, into, [person.recipient for person in chunk])
    new = [person for person in chunk if person.recipient not in known]
    changed = []
    for person in chunk:
        before = known.get(person.recipient)
        if before is None:
            continue
        changes = [
            CellChange(person.recipient, column, before["cells"].get(column, ""), cell)
            for column, cell in person.cells.items()
            if before["cells"].get(column, "") != cell
        ]
        if changes:
            changed.append((before, person))
            tally.changes.extend(changes[: EXAMPLES - len(tally.changes)])
    tally.new += len(new)
    tally.changed += len(changed)
    tally.unchanged += len(chunk) - len(new) - len(changed)
    return new, changed


def _known(connection: Connection, into: SavedList | None, recipients: list[str]) -> dict[str, _Known]:
    if into is None:
        return {}
    query = select(list_people.c.id, list_people.c.recipient, list_people.c.cells, list_people.c.consent_at).where(
        list_people.c.list_id == into.id, list_people.c.recipient.in_(recipients)
    )
    return {found["recipient"]: dict(found) for found in connection.execute(query).mappings()}


def _write(
    connection: Connection,
    list_id: int,
    new: list[_Person],
    changed: list[tuple[_Known, _Person]],
    file_name: str,
    at: float,
) -> None:
    if new:
        shared = {"list_id": list_id, "added_at": at, "updated_at": at}
        connection.execute(
            insert(list_people),
            [
                {
                    **shared,
                    "recipient": one.recipient,
                    "cells": dict(one.cells),
                    "days": days_of_year(one.cells),
                    **_consent(one, file_name),
                }
                for one in new
            ],
        )
    if changed:
        connection.execute(
            update(list_people).where(list_people.c.id == bindparam("person")),
            [
                {
                    "person": before["id"],
                    "cells": (cells := {**before["cells"], **one.cells}),
                    "days": days_of_year(cells),
                    "updated_at": at,
                }
                for before, one in changed
            ],
        )
        _first_consents(connection, changed, file_name)


def _first_consents(connection: Connection, changed: list[tuple[_Known, _Person]], file_name: str) -> None:
    """Consent is noted where none stood; what stands is never overwritten."""
    found = [
        {"person": before["id"], **_consent(one, file_name)}
        for before, one in changed
        if before["consent_at"] is None and one.consent
    ]
    if found:
        connection.execute(update(list_people).where(list_people.c.id == bindparam("person")), found)


def _consent(person: _Person, file_name: str) -> dict[str, Any]:
    at = consent_time(person.consent)
    if not person.consent:
        return {"consent_at": None, "consent_text": None, "consent_source": None}
    return {"consent_at": at, "consent_text": person.consent, "consent_source": file_name}


def _preview(connection: Connection, checked: CheckedList, into: SavedList | None, tally: _Tally) -> MergePreview:
    people = tally.new + tally.changed + tally.unchanged
    return MergePreview(
        new=tally.new,
        changed=tally.changed,
        unchanged=tally.unchanged,
        gone=len(_gone(connection, checked, into)) if into else 0,
        left_out=len(checked) - people,
        changes=tuple(tally.changes),
        version=into.version if into else 0,
    )


def _gone(connection: Connection, checked: CheckedList, into: SavedList) -> list[int]:
    """People of the list, by their number in it, whom the file does not name."""
    kept = np.isin(checked.verdicts, _KEPT)
    named = set(checked.numbers[kept].tolist())
    query = select(list_people.c.id, list_people.c.recipient).where(list_people.c.list_id == into.id)
    return [person for person, recipient in connection.execute(query) if int(recipient[1:]) not in named]


def _take_out(connection: Connection, list_id: int, people: list[int]) -> None:
    for chunk in chunked(people, _CHUNK):
        connection.execute(delete(list_people).where(list_people.c.list_id == list_id, list_people.c.id.in_(chunk)))
