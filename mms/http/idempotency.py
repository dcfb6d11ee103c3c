"""From a call to a queued message, in one transaction with its idempotency key: both are there, or neither."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from mms.access.idempotency_keys import KeyedCall, free_key, remember, remembered
from mms.campaigns.single_message import SingleMessage, queue_single, take_back
from mms.delivery import awaits_decision
from mms.http.middleware.error_responses import ApiProblem
from mms.http.routes.models import Problem
from mms.http.work_threads import Overloaded, TookTooLong
from mms.ledger import Ledger
from mms.ledger.opt_outs import opted_out_among
from mms.notices.watching import watch
from mms.states import CampaignKind


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was checked: all that makes two calls the same, and the key that asked."""

    key_name: str
    idempotency_key: str | None
    recipient: str
    body: str
    media_urls: tuple[str, ...]
    sender_address: str
    account_sid: str
    mode: str
    reference: str | None = None

    @property
    def body_sha256(self) -> str:
        """The same for two calls exactly when they ask for the same message."""
        content = [self.recipient, self.body, self.media_urls, self.sender_address]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @property
    def keyed(self) -> KeyedCall | None:
        """What its key remembers; None for a call without one."""
        key = self.idempotency_key
        return None if key is None else KeyedCall(self.key_name, self.mode, key, self.body_sha256)

    def message(self) -> SingleMessage:
        """The message to queue, under a request key of its own."""
        return SingleMessage(
            recipient=self.recipient,
            body=self.body,
            media_urls=self.media_urls,
            sender_address=self.sender_address,
            account_sid=self.account_sid,
            mode=self.mode,
            kind=CampaignKind.API,
            request_key=uuid.uuid4().hex,
            created_by=f"API key {self.key_name}",
            reference=self.reference,
        )


def admit_all(ledger: Ledger, calls: Sequence[Call]) -> list[int | ApiProblem]:
    """For each call the campaign number of its message, or why there is none; in one transaction.

    A repeated idempotency key finds the first call's message, also within `calls`. Problems are 409, when the key
    came with another body before, 422, when the recipient has opted out, and 503, when a person has to decide first
    about an earlier message to the recipient.

    Raises:
        Overloaded: nothing was written.
        TookTooLong: the database went away at the commit, so messages may be queued.
    """
    try:
        return _admit(ledger, calls)
    except IntegrityError:  # PostgreSQL: the same key, or the same sender's first message, at this very moment
        return [admitted for call in calls for admitted in _admit(ledger, [call])]


def _admit(ledger: Ledger, calls: Sequence[Call]) -> list[int | ApiProblem]:
    committing = False
    try:
        with ledger.write() as connection:
            now = ledger.now(connection)
            admitted = [_known(connection, call) or _queued(connection, now, call) for call in calls]
            committing = True
    except IntegrityError:
        raise
    except SQLAlchemyError as error:
        raise (TookTooLong if committing else Overloaded) from error
    return admitted


def _known(connection: Connection, call: Call) -> int | ApiProblem | None:
    found = remembered(connection, call.keyed) if call.keyed else None
    if found is None:
        return None
    if found.body_sha256 != call.body_sha256:
        message = "This Idempotency-Key was used for another message. Use a new key for each message."
        return ApiProblem.of(409, "idempotency_key_reused", message)
    return found.campaign_id


def _queued(connection: Connection, now: float, call: Call) -> int | ApiProblem:
    if opted_out_among(connection, [call.recipient]):
        return opted_out()
    if awaits_decision(connection, call.account_sid, call.recipient):
        return earlier_undecided()
    campaign_id = queue_single(connection, now, call.message())
    watch(connection, campaign_id, call.key_name, now)
    if call.keyed:
        remember(connection, call.keyed, campaign_id, at=now)
    return campaign_id


def opted_out() -> ApiProblem:
    """The recipient said stop; nothing was asked of Twilio."""
    return ApiProblem.of(422, "opted_out", "This recipient has opted out, so nothing was sent.")


def earlier_undecided() -> ApiProblem:
    """An earlier message may have gone out, and Twilio's log could not tell: nobody is messaged twice by a guess."""
    message = (
        "It is not known whether an earlier message to this recipient went out, so nothing was sent. "
        "A person has to decide about that one first: on the dashboard's Campaigns page."
    )
    return _earlier_unknown(message, seconds=300)


def earlier_in_search() -> ApiProblem:
    """The same, while Twilio's log is still being asked."""
    message = (
        "An earlier message to this recipient got no answer and is being looked for in Twilio's log, "
        "so nothing was sent. Ask again later."
    )
    return _earlier_unknown(message, seconds=30)


def _earlier_unknown(message: str, *, seconds: int) -> ApiProblem:
    return ApiProblem(503, Problem(code="earlier_message_unknown", message=message), {"Retry-After": str(seconds)})


def withdraw(ledger: Ledger, campaign_id: int) -> bool:
    """Take a message back that Twilio was not asked for, and free its idempotency key; False when it was asked."""
    with ledger.write() as connection:
        if not take_back(connection, ledger.now(connection), campaign_id):
            return False
        free_key(connection, campaign_id)
        return True
