"""A campaign's pictures are asked once more just before it starts; the worker calls this twice a second.

A campaign whose pictures have not been looked at again is not started (`mms.delivery.queue.sender_queue`).
"""

import json
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from mms.campaigns.launch.forecast import send_end
from mms.campaigns.launch.senders import default_rate
from mms.campaigns.pictures.media_check import (
    MediaFindings,
    any_expires,
    check_links,
    good_until,
    keep_verdicts,
    known_verdicts,
)
from mms.campaigns.pictures.own_pictures import own_pictures
from mms.campaigns.pictures.recheck import SURE_SECONDS
from mms.campaigns.records import Campaign, campaign, in_front_of, waiting_for_a_look
from mms.delivery.queue.sender_queue import FOR_PICTURES, IN_QUEUE
from mms.ledger import Ledger
from mms.ledger.campaign_states import change_campaign, explain_campaign, move_campaign, reword
from mms.ledger.row_states import skip_each
from mms.ledger.tables import campaigns, rows
from mms.message import MessageTemplate
from mms.message.content import RenderedMessage, values_of
from mms.settings import Settings
from mms.states import CampaignState, Reason, RowState, SkipReason

AHEAD_SECONDS = 60.0
_TELL_EVERY = 2.0  # seconds between two words on how far the look is


def check_due_pictures(ledger: Ledger, settings: Settings) -> None:
    """Look again at the pictures of every campaign that starts within a minute, or whose turn has come.

    A picture that everybody would get and that is broken stops the campaign with the reason; one of a single row
    keeps that row back.
    """
    with ledger.read() as connection:
        now = ledger.now(connection)
        waiting = waiting_for_a_look(connection, settings.mode.value, now + AHEAD_SECONDS)
        # One that waits for another is looked at later: what is seen now would be old by then.
        waiting = [one for one in waiting if not in_front_of(connection, one, now)]
    for one in waiting:
        _check(ledger, settings, one)


def _check(ledger: Ledger, settings: Settings, one: Campaign) -> None:
    message = MessageTemplate.parse(one.body, one.media_urls)
    messages = _messages(ledger, one, message)
    with ledger.read() as connection:
        since = ledger.now(connection) - SURE_SECONDS
        known = known_verdicts(
            connection, {url for merged in messages.values() for url in merged.media_urls}, since=since
        )
    findings = check_links(
        message,
        messages,
        allow_private=settings.allow_private_media,
        own=own_pictures(settings, ledger),
        known=known,
        on_progress=_teller(ledger, one),
    )
    keep_verdicts(ledger, {url: verdict for url, verdict in findings.verdicts.items() if url not in known})
    if any_expires(findings):
        findings = good_until(findings, message, _end(ledger, settings, one))
    with ledger.write() as connection:
        now = ledger.now(connection)
        _keep_back(connection, one.id, findings, now)
        _conclude(connection, campaign(connection, one.id), findings)  # a person may have changed its pace meanwhile


def _keep_back(connection: Connection, campaign_id: int, findings: MediaFindings, now: float) -> None:
    """Skip the rows whose own picture cannot be used."""
    these = (rows.c.campaign_id == campaign_id) & rows.c.row_number.in_(findings.by_row)
    ids = {row.row_number: row.id for row in connection.execute(select(rows.c.id, rows.c.row_number).where(these))}
    skipped = [
        {
            "row_id": ids[row],
            "reason": SkipReason.NOT_MENDED,
            "problem": problem.code.value,
            "problem_text": problem.message,
        }
        for row, problem in findings.by_row.items()
    ]
    skip_each(connection, skipped, now)


def _end(ledger: Ledger, settings: Settings, one: Campaign) -> datetime:
    """When the last row that is still to be sent is handed over."""
    ready = (rows.c.campaign_id == one.id) & (rows.c.state == RowState.READY) & rows.c.recipient.is_not(None)
    with ledger.read() as connection:
        people = list(connection.execute(select(rows.c.recipient).where(ready)).scalars())
    rate = default_rate(settings, one.sender_address) if one.options.rate is None else one.options.rate
    any_hour = settings.is_practice or one.options.any_hour
    return send_end(ledger, people, rate=rate, start_at=one.start_at, any_hour=any_hour)


def _teller(ledger: Ledger, one: Campaign) -> Callable[[int, int], None]:
    """Says beside the campaign's state how far the look is."""
    told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told < _TELL_EVERY:
            return
        told = time.monotonic()
        words = f"{FOR_PICTURES} {done:,} of {total:,} are done."
        with ledger.write() as connection:
            reword(connection, one.id, CampaignState.SCHEDULED, Reason.PICTURES, words)

    return tell


def _messages(ledger: Ledger, one: Campaign, message: MessageTemplate) -> dict[int, RenderedMessage]:
    query = (
        select(rows.c.row_number, rows.c.cells)
        .where(rows.c.campaign_id == one.id, rows.c.state == RowState.READY)
        .order_by(rows.c.row_number)
    )
    if not message.media_columns:
        query = query.limit(1)  # the same pictures for everybody: one row stands for all
    with ledger.read() as connection:
        found = [(row, _texts(cells)) for row, cells in connection.execute(query)]
    rendered = {row: message.render(values_of(one.columns, cells)) for row, cells in found}
    return {row: merged for row, merged in rendered.items() if merged.media_urls}


def _texts(cells: str) -> Sequence[str]:
    texts: list[str] = json.loads(cells)
    return texts


def _conclude(connection: Connection, current: Campaign, findings: MediaFindings) -> None:
    """Stop it, or let it go; one that a person has paused or cancelled meanwhile is looked at again when it goes on."""
    if current.state is not CampaignState.SCHEDULED:
        return
    options = current.options.changed(media_checked=True).to_json()
    change_campaign(connection, (campaigns.c.id == current.id) & (campaigns.c.state == current.state), options=options)
    if findings.for_all:
        reason = f"The picture could not be used when the campaign was about to start: {findings.for_all[0].message}"
        move_campaign(connection, current.id, CampaignState.STOPPED, code=Reason.MEDIA, reason=reason)
    elif current.reason_code == Reason.PICTURES:
        explain_campaign(connection, current.id, Reason.QUEUED, IN_QUEUE)
