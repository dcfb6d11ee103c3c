"""The ledger's side of a run: results in, claimed rows out, in one short transaction. Runs in one thread."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from filelock import Timeout
from sqlalchemy import Connection, select, text

from mms.delivery.queue.canary import canary_room, wait_for_canary
from mms.delivery.queue.conclusion import conclude
from mms.delivery.queue.sender_queue import LiveCampaign, has_work, live_campaigns, take_turn
from mms.delivery.reconciliation.look_back import Begun, begun_before, doubt_what_was_sent, since
from mms.delivery.reconciliation.matching import UnknownRow
from mms.delivery.reconciliation.put_back import doubt_everything_open, doubt_open_rows
from mms.delivery.reconciliation.unknown_rows import (
    Findings,
    History,
    MessageTexts,
    histories,
    open_questions,
    owned_among,
    write_findings,
)
from mms.delivery.sending import lease as leases
from mms.delivery.sending.campaign_cursor import CampaignCursor
from mms.delivery.sending.circuit_breaker import Offered, why_stop
from mms.delivery.sending.claims import ClaimedRow, ClaimFrom, claim
from mms.delivery.sending.lease import Lease
from mms.delivery.sending.rate_limiter import DEFAULT_RATES
from mms.delivery.sending.results import Result, Stop, record
from mms.errors import MmsError
from mms.ledger import Ledger
from mms.ledger.campaign_states import explain_campaign, move_campaign, reword
from mms.ledger.high_water import HighWater, Mark, newest_mark
from mms.ledger.row_states import RowChange, move_each
from mms.ledger.tables import campaigns, senders
from mms.quiet_hours import QuietHours, quiet_hours
from mms.send_options import SendOptions
from mms.settings import Settings
from mms.states import AttemptEvent, CampaignState, Reason, RowState
from mms.twilio_client import LogExcerpt

_log = logging.getLogger("mms.delivery")
_CLOCK_STEP = 5.0  # seconds
_QUIET_HOURS_LAST = 60.0  # seconds; people edit the table while campaigns run
_IN_SENDING = text(
    "SELECT r.id, r.campaign_id FROM mms_rows r JOIN mms_campaigns c ON c.id = r.campaign_id"
    " WHERE r.state = 'sending' AND r.fence = :fence AND c.sender_id = :sender"
)
_LOOKING_BACK = "Looking at what Twilio has sent already."
_STILL_OURS = text("SELECT 1 FROM mms_rows WHERE id = :row AND fence = :fence AND state = 'sending'")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends."""

    account_sid: str
    address: str
    kind: str


@dataclass(slots=True)
class Exchange:
    """What the ledger gave back."""

    holds: bool = True  # False: another holder has taken over
    rows: list[ClaimedRow] = field(default_factory=list)
    live: frozenset[int] = frozenset()  # campaigns whose rows may still be asked for
    to_look_back: list[Begun] = field(default_factory=list)  # nothing of these leaves before Twilio's log was read
    rate: float = 0.0
    max_in_flight: int = 1


@dataclass(slots=True)
class ProcessBegun:
    """When this process began, by the ledger's clock, and for which campaigns from before it has looked back."""

    at: float
    looked: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Times:
    """The ledger's time of a transaction, and Twilio's."""

    now: float
    provider_now: float | None


class RunStore:
    """One sender's ledger work during one run. Not for two threads at once."""

    def __init__(self, ledger: Ledger, settings: Settings, lease: Lease, begun: ProcessBegun, mark: HighWater) -> None:
        self._ledger = ledger
        self._settings = settings
        self.lease = lease
        self._process = begun
        self._high_water = mark
        self._cursors: dict[int, CampaignCursor] = {}
        self._texts = MessageTexts()
        self._quiet: QuietHours | None = None
        self._quiet_since = 0.0
        self._clock_ahead: float | None = None
        with ledger.read() as connection:
            self.sender = self._sender(connection)

    @property
    def usual_rate(self) -> float:
        """Messages a second where the campaign does not choose: the setting, else what the sender's kind may do."""
        return DEFAULT_RATES[self.sender.kind] if self._settings.rate is None else self._settings.rate

    def exchange(self, results: Sequence[Result], room: int, provider_now: float | None = None) -> Exchange:
        """Renew the lease, write `results`, and claim up to `room` rows of whoever's turn it is.

        `provider_now`: Twilio's time, from which on messages of the rows claimed now may be in its log.
        """
        begun = leases.clocks()
        with self._ledger.write() as connection:
            now = self._ledger.now(connection)
            was_put_back = room > 0 and self._high_water.is_ahead_of(connection)
            holds = leases.renew(connection, self.lease, now)
            stops = record(connection, self.lease.fence, results, now)
            if results:
                leases.note_asked(connection, self.lease, now)
            if not holds:
                return Exchange(holds=False)
            self._note_clock(connection, now, provider_now)
            self._stop(connection, stops)
            self._note(results)
            self._look_at_breaker(connection)
            if was_put_back:
                doubt_everything_open(connection, now)
            exchange = self._claims(connection, room, _Times(now, provider_now))
            mark = newest_mark(connection, now) if exchange.rows else None
        self.lease.renewed(begun)
        self._note_mark(mark)
        return exchange

    def _note_mark(self, mark: Mark | None) -> None:
        """Before any of the claimed rows is asked for."""
        try:
            if mark is not None:
                self._high_water.note(mark)
        except (OSError, Timeout) as error:
            _log.warning("How far the ledger has come could not be noted beside it (%s)", type(error).__name__)

    def glance(self) -> tuple[frozenset[int], bool]:
        """Without writing: the campaigns that may send, and whether a look for rows is worth while."""
        with self._ledger.read() as connection:
            now = self._ledger.now(connection)
            live = [one for one in live_campaigns(connection, self.lease.sender_id, now) if one.may_send]
        return frozenset(one.id for one in live), any(self._is_awake(one) for one in live)

    def stop(self, stop: Stop, campaign_ids: frozenset[int]) -> None:
        """Stop several campaigns for one reason."""
        with self._ledger.write() as connection:
            self._stop(connection, [Stop(one, stop.code, stop.reason) for one in campaign_ids])

    def give_back_lost(self, in_hand: frozenset[int]) -> None:
        """After a commit of which nobody knows whether it happened: rows claimed by it were surely not asked for."""
        with self._ledger.write() as connection:
            now = self._ledger.now(connection)
            values = {"fence": self.lease.fence, "sender": self.lease.sender_id}
            lost = [row for row in connection.execute(_IN_SENDING, values) if row.id not in in_hand]
            move_each(connection, [self._given_back(row.id, row.campaign_id) for row in lost], now)

    def _given_back(self, row_id: int, campaign_id: int) -> RowChange:
        return RowChange(
            row_id,
            campaign_id,
            RowState.READY,
            AttemptEvent.WITHHELD,
            fence=self.lease.fence,
            out_of=frozenset({RowState.SENDING}),
            was_asked=False,
        )

    def release_when_done(self, *, leaving: bool) -> bool:
        """Give the lease back if nothing is left to do, or because this process leaves; False to go on."""
        with self._ledger.write() as connection:
            if not leaving and has_work(connection, self.lease.sender_id, self._ledger.now(connection)):
                return False
            leases.release(connection, self.lease)
        return True

    def questions(self, room: int, provider_now: float | None) -> list[UnknownRow]:
        """Rows of this sender that Twilio's log is to be asked about; `provider_now` is Twilio's time, if known."""
        with self._ledger.read() as connection:
            ahead = None if provider_now is None else self._ledger.now(connection) - provider_now
            return open_questions(connection, self.lease.sender_id, self._texts, room=room, ahead=ahead)

    def owned_among(self, sids: Sequence[str]) -> frozenset[str]:
        """SIDs of Twilio's that belong to a row already."""
        with self._ledger.read() as connection:
            return owned_among(connection, sids)

    def histories(self, questions: Sequence[UnknownRow]) -> Mapping[int, History]:
        """What was tried before for these rows, by row id."""
        with self._ledger.read() as connection:
            return histories(connection, questions)

    def look_back_since(self, begun: Sequence[Begun], provider_now: float) -> float:
        """Twilio's time from which on its log is to be read, and the campaigns say that it is being read."""
        with self._ledger.write() as connection:
            for one in begun:
                explain_campaign(connection, one.campaign_id, Reason.SETTLING, _LOOKING_BACK)
            return since(begun, self._ledger.now(connection) - provider_now)

    def looks_back(self, begun: Sequence[Begun], read: int) -> None:
        """Reading takes a while: keep the lease, and say how far it is."""
        clocks = leases.clocks()
        with self._ledger.write() as connection:
            if not leases.renew(connection, self.lease, self._ledger.now(connection)):
                return
            for one in begun:
                words = f"{_LOOKING_BACK} Messages read so far: {read:,}."
                reword(connection, one.campaign_id, CampaignState.RUNNING, Reason.SETTLING, words)
        self.lease.renewed(clocks)

    def looked_back(self, begun: Sequence[Begun], log: LogExcerpt) -> None:
        """Hold back whoever has got a message of which this ledger knows nothing; the others may get theirs.

        A log that could not be read to its end tells nothing of the others: then each of them is asked about.
        """
        with self._ledger.write() as connection:
            now = self._ledger.now(connection)
            if not leases.renew(connection, self.lease, now):
                return
            if log.is_whole:
                doubt_what_was_sent(connection, begun, self.sender.address, log.messages, now)
            else:
                these = campaigns.c.id.in_([one.campaign_id for one in begun])
                doubt_open_rows(connection, these, now)
        self.skip_looking_back(begun)

    def skip_looking_back(self, begun: Sequence[Begun]) -> None:
        """Nothing keeps these campaigns from being sent any more."""
        self._process.looked.update(one.campaign_id for one in begun)

    def doubt_about(self, row: ClaimedRow) -> UnknownRow:
        """A claimed row as something that Twilio's log can be asked about."""
        return UnknownRow(
            row_id=row.id,
            campaign_id=row.campaign_id,
            fence=self.lease.fence,
            recipient=row.recipient,
            address=self.sender.address,
            since=row.asked_from,
            body=row.body,
            media_count=len(row.media_urls),
            looks=0,
        )

    def may_be_asked_now(self, row_id: int, owned_among_sids: Sequence[str]) -> bool:
        """Whether the row is still ours to ask for, and each of these messages another row's."""
        values = {"row": row_id, "fence": self.lease.fence}
        with self._ledger.read() as connection:
            is_ours = connection.execute(_STILL_OURS, values).first() is not None
            return is_ours and owned_among(connection, owned_among_sids) == frozenset(owned_among_sids)

    def settle(self, findings: Findings) -> None:
        """Write what Twilio's log told, unless somebody else has taken over."""
        begun = leases.clocks()
        with self._ledger.write() as connection:
            now = self._ledger.now(connection)
            if not leases.renew(connection, self.lease, now):
                return
            write_findings(connection, findings, now)
        self.lease.renewed(begun)
        for cursor in self._cursors.values():
            cursor.wake()

    def _sender(self, connection: Connection) -> Sender:
        query = select(senders.c.account_sid, senders.c.address, senders.c.kind)
        found = connection.execute(query.where(senders.c.id == self.lease.sender_id)).one()
        return Sender(found.account_sid, found.address, found.kind)

    def _stop(self, connection: Connection, stops: Sequence[Stop]) -> None:
        for stop in stops:
            move_campaign(connection, stop.campaign_id, CampaignState.STOPPED, code=stop.code, reason=stop.reason)

    def _note_clock(self, connection: Connection, now: float, provider_now: float | None) -> None:
        """Only when it has changed by more than measuring it does."""
        if provider_now is None:
            return
        if self._clock_ahead is None or abs(now - provider_now - self._clock_ahead) > _CLOCK_STEP:
            self._clock_ahead = now - provider_now
            leases.note_clock(connection, self.lease, self._clock_ahead)

    def _note(self, results: Sequence[Result]) -> None:
        for result in results:
            cursor = self._cursors.get(result.row.campaign_id)
            if cursor:
                cursor.recorded(goes_back=result.goes_back)

    def _look_at_breaker(self, connection: Connection) -> None:
        for cursor in self._cursors.values():
            options = cursor.campaign.options
            enough = min(options.batch_size or self._settings.batch_size, options.breaker_window)
            if cursor.campaign.is_express or cursor.first is None or cursor.decided < enough:
                continue
            cursor.decided = 0
            why = why_stop(connection, cursor.campaign.id, Offered(cursor.first, cursor.last), options)
            if why:
                self._stop(connection, [Stop(cursor.campaign.id, Reason.BREAKER, why)])

    def _claims(self, connection: Connection, room: int, times: _Times) -> Exchange:
        now, wanted = times.now, live_campaigns(connection, self.lease.sender_id, times.now)
        live = [one for one in wanted if one.may_send]
        to_look_back = begun_before((one for one in live if one.id not in self._process.looked), self._process.at)
        behind = {one.campaign_id for one in to_look_back}
        live = [one for one in live if one.id not in behind]
        self._cursors = {one.id: self._cursors[one.id] for one in live if one.id in self._cursors}
        exchange = Exchange(live=frozenset(one.id for one in live), to_look_back=to_look_back)
        current: LiveCampaign | None = None
        for campaign in live:
            if len(exchange.rows) >= room or current:
                break
            claimed = self._claim_from(connection, campaign, room - len(exchange.rows), times)
            if claimed:
                take_turn(connection, campaign, wanted, now)
                exchange.rows += claimed
            if not campaign.is_express and (claimed or self._is_awake(campaign)):
                current = campaign  # it has its turn, even if the rows just seen have to wait
        self._set_speed(connection, exchange, self._leading(live))
        return exchange

    def _claim_from(self, connection: Connection, campaign: LiveCampaign, room: int, times: _Times) -> list[ClaimedRow]:
        now, cursor = times.now, self._cursor(connection, campaign)
        if cursor is None or cursor.rests:
            return []
        canary = canary_room(connection, campaign)
        if canary == 0:
            cursor.rest()
            if not cursor.in_hand:
                wait_for_canary(connection, campaign, now)
            return []
        source = ClaimFrom(
            campaign.id,
            self.sender.account_sid,
            self.lease.fence,
            cursor.renderer,
            campaign.is_express,
            self._quiet_hours(connection, campaign),
            times.provider_now,
            campaign.not_after,
            campaign.is_tried,
        )
        claimed = claim(
            connection, source, after=cursor.cursor, room=room if canary is None else min(room, canary), now=now
        )
        was_whole_list = claimed.reached_end and cursor.cursor == 0
        cursor.took(claimed)
        if was_whole_list and not claimed.rows:
            cursor.rest()
            if not cursor.in_hand:
                conclude(connection, campaign, now)
        return claimed.rows

    def _quiet_hours(self, connection: Connection, campaign: LiveCampaign) -> QuietHours | None:
        """The rules for this campaign; in practice nobody sleeps, and a test message goes to oneself."""
        if self._settings.is_practice or campaign.is_express or campaign.options.any_hour:
            return None
        if self._quiet is None or time.monotonic() - self._quiet_since > _QUIET_HOURS_LAST:
            self._quiet, self._quiet_since = quiet_hours(connection), time.monotonic()
        return self._quiet

    def _leading(self, live: Sequence[LiveCampaign]) -> LiveCampaign | None:
        """Whose rate rules: the first campaign with rows on their way, also when it has no more to claim."""
        ordinary = [one for one in live if not one.is_express]
        sending = (one for one in ordinary if one.id in self._cursors and self._cursors[one.id].in_hand)
        return next(sending, None) or next((one for one in ordinary if self._is_awake(one)), None)

    def _is_awake(self, campaign: LiveCampaign) -> bool:
        cursor = self._cursors.get(campaign.id)
        return cursor is None or not cursor.rests

    def _cursor(self, connection: Connection, campaign: LiveCampaign) -> CampaignCursor | None:
        known = self._cursors.get(campaign.id)
        if known and known.renderer.winner == campaign.winner:
            known.campaign = campaign
            return known
        try:
            cursor = CampaignCursor.load(connection, campaign)
        except MmsError as error:
            self._stop(connection, [Stop(campaign.id, Reason.TEMPLATE, error.message)])
            return None
        self._cursors[campaign.id] = cursor
        return cursor

    def _set_speed(self, connection: Connection, exchange: Exchange, campaign: LiveCampaign | None) -> None:
        self.sender = self._sender(connection)
        options = campaign.options if campaign else SendOptions()
        exchange.rate = self.usual_rate if options.rate is None else options.rate
        exchange.max_in_flight = options.max_in_flight or self._settings.max_in_flight
