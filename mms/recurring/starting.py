"""Makes campaigns of what is due: people chosen then, checked anew, each time once.

The request key of a time's campaign is made of the send and the time. A kill anywhere leaves at most a campaign whose
time is not noted yet: the next look finds it by its key, notes it, and goes on.
"""

import logging
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from mms.access.approvals import approval_above
from mms.access.sign_in import role_rules
from mms.campaigns.drafts.content import DraftContent
from mms.campaigns.drafts.people_sources import PeopleOfList, chosen_people, count_chosen
from mms.campaigns.launch.checklist import ALL_PROBLEMS, Sending
from mms.campaigns.launch.program_request import ProgramRequest, ToMend, launch_for_program
from mms.campaigns.records import campaign, launched_by
from mms.errors import CampaignError, MmsError
from mms.ledger import Ledger
from mms.ledger.tables import recurring_runs, recurring_sends
from mms.lists.campaign_people import people_who_stay
from mms.lists.segments import moment_of
from mms.recipients import Upload
from mms.recurring.sends import (
    RecurringSend,
    last_campaign,
    needs_approval,
    next_step_at,
    next_time,
    recurring_send,
    runs_of,
)
from mms.recurring.states import RunResult, SendState
from mms.roles import MAY, Permission, Role, User
from mms.states import CampaignState

LATE_SECONDS = 3_600.0
"""A time that is so long past is not made up for: a message at night, or days late, is worse than none."""

WAITS = "It was due, and waits for somebody else to approve it."

_NOBODY = frozenset({"nobody", "nothing_to_send", "no_rows"})
_BAD_ENDS = {CampaignState.STOPPED: "stopped", CampaignState.CANCELED: "was canceled"}
_OVER = frozenset({CampaignState.FINISHED, *_BAD_ENDS})
_log = logging.getLogger("mms.recurring")


def start_due(sending: Sending) -> int:
    """Start what is due now; returns how many campaigns were made. A periodic job: again as often as one likes."""
    ledger, mode = sending.ledger, sending.settings.mode.value
    with ledger.read() as connection:
        now = ledger.now(connection)
        due = _due(connection, mode, now)
    return sum(_run(sending, send_id) for send_id in due)


def request_key(found: RecurringSend) -> str:
    """Names one time of a send."""
    return f"recurring-{found.id}-{found.next_at or 0:.3f}"


def _due(connection: Connection, mode: str, now: float) -> list[int]:
    is_active = recurring_sends.c.state == SendState.ACTIVE
    query = select(recurring_sends.c.id).where(recurring_sends.c.mode == mode, is_active)
    found = connection.execute(query.where(recurring_sends.c.next_at <= now).order_by(recurring_sends.c.next_at))
    return list(found.scalars())


def _run(sending: Sending, send_id: int) -> bool:
    """One time of one send, if it is still due; whether a campaign was made of it."""
    ledger = sending.ledger
    with ledger.read() as connection:
        now = ledger.now(connection)
        found = _still_due(connection, send_id, now)
        if found is None:
            return False
        made = launched_by(connection, request_key(found))
        before = last_campaign(connection, send_id)
        state = campaign(connection, before).state if before is not None else None
    if made is not None:
        _note(ledger, found, RunResult.SENT, campaign_id=made)
    elif state in _BAD_ENDS and before != found.looked_past:
        _note(ledger, found, RunResult.FAILED, reason=f"The campaign before, {before}, {_BAD_ENDS[state]}.")
    elif found.is_series and state is not None and state not in _OVER:
        return False  # its people are not known before
    elif now - (found.next_at or now) > LATE_SECONDS:
        _note(ledger, found, RunResult.MISSED, reason=found.reason or "The app was not running then.")
    elif _waits_for_approval(ledger, found):
        return False
    else:
        return _launch(sending, found)
    return False


def _waits_for_approval(ledger: Ledger, found: RecurringSend) -> bool:
    """Large, and nobody but who set it up has seen it: it stays due for a while, and says so."""
    with ledger.read() as connection:
        if not needs_approval(connection, found):
            return False
        moment = moment_of(ledger.now(connection), found.mode, ZoneInfo(found.zone))
        people = count_chosen(connection, PeopleOfList(found.list_id, found.segment_id), moment).people
        waits = people > (approval_above(connection) or 0)
    if waits and found.reason != WAITS:
        with ledger.write() as connection:
            connection.execute(update(recurring_sends).where(recurring_sends.c.id == found.id).values(reason=WAITS))
    return waits


def _launch(sending: Sending, found: RecurringSend) -> bool:
    try:
        made = launch_for_program(sending, _request(sending, found), by=_person(sending, found))
    except ToMend as to_mend:
        reason = "A picture of the message cannot be used any more."
        _log.warning("Recurring send %s: %s", found.id, type(to_mend).__name__)
        _note(sending.ledger, found, RunResult.FAILED, reason=reason)
    except MmsError as error:
        with sending.ledger.read() as connection:
            if launched_by(connection, request_key(found)) is not None:
                return False  # another worker was faster, and notes it
        result = RunResult.NOBODY if error.code in _NOBODY else RunResult.FAILED
        _note(sending.ledger, found, result, reason=error.message)
    else:
        _note(sending.ledger, found, RunResult.SENT, campaign_id=made)
        return True
    return False


def _request(sending: Sending, found: RecurringSend) -> ProgramRequest:
    upload, phone_column = _people(sending, found)
    name = f"{found.name}, message {found.step + 1}" if found.is_series else found.name
    content = found.steps[found.step].content
    said = DraftContent(
        name=name[:200],
        body=content.body,
        media_urls=content.media_urls,
        sender=found.sender_address,
        phone_column=phone_column,
        allow_repeat=True,  # to come again is what it is for; one time is one request key
        skip_problems=ALL_PROBLEMS,
        skip_dead=False,
        consent=True,  # said when it was set up
        zone=found.zone,
    )
    return ProgramRequest(upload, said, request_key(found), edited_by=(found.created_by,))


def _people(sending: Sending, found: RecurringSend) -> tuple[Upload, str | None]:
    ledger = sending.ledger
    if not found.step:
        whom = PeopleOfList(found.list_id, found.segment_id)
        chosen = chosen_people(ledger, whom, mode=found.mode, zone=ZoneInfo(found.zone))
        return chosen.upload, chosen.phone_column
    with ledger.read() as connection:
        began = runs_of(connection, found.id, limit=100)[-1].due_at
        before = last_campaign(connection, found.id)
        stay = people_who_stay(connection, before or 0, began)
    return stay.upload, stay.phone_column


def _person(sending: Sending, found: RecurringSend) -> User:
    """Who answers for it: the second person where there is one.

    Raises:
        CampaignError: code `no_role`, when the admins took from whoever set it up the right to send.
    """
    email = found.created_email
    if email is not None and not email.startswith("API key "):
        with sending.ledger.read() as connection:
            role = role_rules(connection).by_email.get(email)
        if role is not None and Permission.SEND not in MAY[role]:
            raise CampaignError(f"{found.created_by} may not send any more.", code="no_role")
    name = found.approved_by or found.created_by
    return User(name, None if email is None else name, Role.SENDER)


def _still_due(connection: Connection, send_id: int, now: float) -> RecurringSend | None:
    try:
        found = recurring_send(connection, send_id)
    except CampaignError:
        return None  # deleted meanwhile
    is_due = found.state is SendState.ACTIVE and found.next_at is not None and found.next_at <= now
    return found if is_due else None


def _note(
    ledger: Ledger,
    found: RecurringSend,
    result: RunResult,
    *,
    reason: str | None = None,
    campaign_id: int | None = None,
) -> None:
    """What became of this time, once, and when the next one is due, in one transaction."""
    with ledger.write() as connection:
        now = ledger.now(connection)
        here = update(recurring_sends).where(
            recurring_sends.c.id == found.id, recurring_sends.c.next_at == found.next_at
        )
        if not connection.execute(here.values(updated_at=now, **_after(found, result, reason, now))).rowcount:
            return  # another worker has noted it, or it was deleted
        connection.execute(
            recurring_runs.insert().values(
                send_id=found.id, due_at=found.next_at, at=now, result=result, reason=reason, campaign_id=campaign_id
            )
        )


def _after(found: RecurringSend, result: RunResult, reason: str | None, now: float) -> dict[str, object]:
    if result is RunResult.FAILED:
        return {"state": SendState.PAUSED, "reason": reason, "next_at": found.next_at}
    if found.rhythm or result is RunResult.MISSED:
        return {"next_at": next_time(found, now), "reason": None}
    step = found.step + 1
    if step == len(found.steps) or result is RunResult.NOBODY:
        return {"state": SendState.DONE, "step": step, "next_at": None, "reason": reason}
    return {"step": step, "reason": None, "next_at": next_step_at(found, found.next_at or now, found.steps[step])}
