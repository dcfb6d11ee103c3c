"""Rows that were left to a person are looked for on and on, beside the person's buttons: most turn up."""

from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import text

from mms.delivery.reconciliation.evidence import Evidence, Verdict, verdict
from mms.delivery.reconciliation.manual_resolution import go_on
from mms.delivery.reconciliation.matching import Match, UnknownRow, matches
from mms.delivery.reconciliation.unknown_rows import Findings, MessageTexts, owned_among, undecided_rows, write_findings
from mms.errors import ProviderError
from mms.ledger import Ledger
from mms.states import RowState
from mms.twilio_client import MessagePage, ProviderClock, ProviderMessage

EVERY_SECONDS = 180.0
_AT_MOST = 200  # people asked about at a time
_MOST_PAGES = 5
_SENDERS = text("SELECT id FROM mms_senders WHERE account_sid = :account ORDER BY id")

ReadPage = Callable[[Mapping[str, str], str | None], MessagePage]


def look_for_undecided(ledger: Ledger, read_page: ReadPage, account_sid: str, clock: ProviderClock) -> int:
    """Adopt what Twilio's log shows by now; returns how many rows are still left to a person.

    That a message is not there is concluded by nobody here. `read_page` feeds `clock` with Twilio's time, and may
    raise ProviderError: then the next time will do.
    """
    left = 0
    with ledger.read() as connection:
        senders = connection.execute(_SENDERS, {"account": account_sid}).scalars().all()
    for sender_id in senders:
        doubts = _doubts(ledger, sender_id, clock)
        if doubts and clock.now() is None:
            _try(read_page, {"PageSize": "1"})
            doubts = _doubts(ledger, sender_id, clock)
        log = {doubt.row_id: list(_messages(read_page, doubt.recipient)) for doubt in doubts}
        left += len(doubts) - _adopt(ledger, doubts, log)
    return left


def _doubts(ledger: Ledger, sender_id: int, clock: ProviderClock) -> list[UnknownRow]:
    with ledger.read() as connection:
        now = clock.now()
        ahead = None if now is None else ledger.now(connection) - now
        return undecided_rows(connection, sender_id, MessageTexts(), room=_AT_MOST, ahead=ahead)


def _messages(read_page: ReadPage, to: str) -> Iterator[ProviderMessage]:
    following: str | None = None
    for _ in range(_MOST_PAGES):
        page = _try(read_page, {"To": to}, following)
        if page is None:
            return
        yield from page.messages
        following = page.next_page_uri
        if following is None:
            return


def _try(read_page: ReadPage, filters: Mapping[str, str], following: str | None = None) -> MessagePage | None:
    try:
        return read_page(filters, following)
    except ProviderError:
        return None


def _adopt(ledger: Ledger, doubts: list[UnknownRow], log: Mapping[int, list[ProviderMessage]]) -> int:
    sids = sorted({message.sid for found in log.values() for message in found})
    if not sids:
        return 0
    with ledger.write() as connection:
        now = ledger.now(connection)
        found = matches(doubts, log, owned_among(connection, sids))
        sure = [(one, found[one.row_id]) for one in doubts if _is_sure(found[one.row_id])]
        write_findings(connection, Findings(found=[(one, match.message) for one, match in sure if match.message]), now)
        for campaign_id in {one.campaign_id for one, _ in sure}:
            go_on(connection, campaign_id, RowState.SENT, now)
    return len(sure)


def _is_sure(match: Match) -> bool:
    seen = Evidence(has_same_text=match.has_same_text, candidates=match.candidates, doubts=match.doubts)
    return match.message is not None and verdict(seen, EVERY_SECONDS) is Verdict.ADOPT
