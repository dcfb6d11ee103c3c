"""The audit trail for reading: who did what, newest first, and as CSV. Nothing here changes or removes a line."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from mms.ledger import Ledger
from mms.ledger.tables import audit
from mms.recipients import neutralised
from mms.roles import Permission, User, require

_CHUNK = 2_000
ACTIONS = {
    "campaign.launch": "started a campaign",
    "campaign.pause": "paused a campaign",
    "campaign.resume": "resumed a campaign",
    "campaign.cancel": "cancelled a campaign",
    "campaign.reschedule": "changed the start of a campaign",
    "campaign.send_now": "sent a scheduled campaign at once",
    "campaign.back_to_draft": "made a scheduled campaign a draft again",
    "campaign.move": "moved a campaign in the queue",
    "campaign.options": "changed a campaign's options",
    "api_key.add": "made an API key",
    "api_key.revoke": "revoked an API key",
    "opt_out.add": "added an opt-out",
    "opt_out.remove": "took a number off the opt-out list",
    "opt_out.import": "imported opt-outs",
    "campaign.reconcile": "had Twilio's log asked again",
    "row.sent": "said that a message in doubt went out",
    "row.send_again": "had a message in doubt sent again",
    "row.give_up": "gave a message in doubt up",
    "dead_number.free": "let a number that never worked be tried again",
    "reply.done": "marked a conversation as done",
    "reply.open": "opened a conversation again",
    "frequency_cap.change": "changed how often one person may be messaged",
    "list.merge": "changed a list of people",
    "list.rename": "renamed a list of people",
    "list.delete": "deleted a list of people",
    "segment.save": "saved a segment",
    "segment.rename": "renamed a segment",
    "segment.delete": "deleted a segment",
    "draft.new": "began a draft",
    "draft.change": "changed a draft",
    "draft.include_no_consent": "decided on people without consent",
    "draft.delete": "deleted a draft",
    "sender_name.change": "changed the name at the end of messages",
    "message.save": "saved a message",
    "message.delete": "deleted a saved message",
    "upload.store": "uploaded a list",
    "picture.add": "uploaded a picture",
    "picture_template.save": "saved a picture template",
    "picture_template.delete": "deleted a picture template",
    "coupons.add": "added coupon codes",
    "prices.change": "changed the prices",
    "alarms.change": "changed the alarms",
    "quiet_hours.change": "changed the quiet hours",
    "settings.save": "saved settings",
    "roles.change": "changed the roles",
    "approval.change": "changed when a second person is needed",
    "retention.change": "changed how long data is kept",
    "retention.purge": "deleted old data",
    "person.export": "exported one person's data",
    "person.erase": "erased one person's data",
    "session.begin": "signed in",
    "session.end": "signed out",
    "session.end_all": "ended all sign-ins",
    "session.refused": "was not let in",
    "deed.refused": "was not allowed to",
    "api_key.wrong": "called with a wrong key",
    "report.download": "downloaded a report",
    "rows.download": "downloaded rows of a campaign",
    "opt_outs.download": "downloaded the opt-outs",
    "list.download": "downloaded a list",
    "data.download": "downloaded the data of campaigns",
    "person.search": "searched for a person",
    "backup.restore": "restored a backup",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the trail. `at` is seconds since 1970, UTC; `detail` holds ids and counts only."""

    id: int
    at: float
    who: str
    action: str
    subject: str | None
    detail: Mapping[str, Any]

    @property
    def sentence(self) -> str:
        """What was done, in words."""
        return ACTIONS.get(self.action, self.action)


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which lines to show; None: all."""

    who: str | None = None
    action: str | None = None
    since: float | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the lines must fulfil."""
        wanted = [(audit.c.who, self.who), (audit.c.action, self.action)]
        conditions = [column == value for column, value in wanted if value is not None]
        return [*conditions, audit.c.at >= self.since] if self.since is not None else conditions


def deeds(
    connection: Connection,
    person: User,
    chosen: TrailFilter = TrailFilter(),
    *,
    before: int | None = None,
    limit: int = 100,
) -> list[Deed]:
    """Newest lines first; `before` is the id of the last line of the page before. Raises NotAllowed."""
    require(person, Permission.SEE_AUDIT)
    older = [audit.c.id < before] if before is not None else []
    query = _lines().where(*chosen.conditions(), *older).order_by(audit.c.id.desc()).limit(limit)
    return [Deed(*found) for found in connection.execute(query)]


def trail_csv(ledger: Ledger, person: User, chosen: TrailFilter = TrailFilter()) -> Iterator[bytes]:
    """The trail as CSV in pieces, oldest first. Raises NotAllowed at once, not in the middle of the download."""
    require(person, Permission.SEE_AUDIT)
    return _pieces(ledger, chosen)


def _pieces(ledger: Ledger, chosen: TrailFilter) -> Iterator[bytes]:
    yield _line(["\ufeffid", "at", "who", "action", "subject", "detail"])
    with ledger.read() as connection:
        found = connection.execute(_lines().where(*chosen.conditions()).order_by(audit.c.id))
        while rows := found.fetchmany(_CHUNK):
            yield b"".join(_line(_cells(Deed(*row))) for row in rows)


def _lines() -> Any:
    return select(*(audit.c[name] for name in Deed.__slots__))


def _cells(deed: Deed) -> list[str]:
    at = datetime.fromtimestamp(deed.at, UTC).isoformat(timespec="seconds")
    detail = json.dumps(deed.detail, ensure_ascii=False) if deed.detail else ""
    return [str(deed.id), at, *(neutralised(cell) for cell in (deed.who, deed.action, deed.subject or "", detail))]


def _line(cells: list[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue().encode("utf-8", errors="replace")
