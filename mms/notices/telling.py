"""Hands notices to Apprise. Names of campaigns and counts are told; numbers and texts of messages never are."""

import logging

from apprise import Apprise

from mms.ledger import Ledger
from mms.notices.due import Notice, due_notices, note_failure, note_told, note_what_is_new
from mms.reports import campaign_counts
from mms.settings import Settings
from mms.states import WENT_OUT

_log = logging.getLogger("mms.notices")
_TITLES = {
    "ended": "Campaign finished: {name}",
    "stopped": "Campaign stopped: {name}",
    "waits": "Campaign waits for you: {name}",
}
_NEXT = {
    "ended": "See what became of each message on its page.",
    "stopped": "Nothing more goes out until somebody resumes it.",
    "waits": "Open its page and decide how it goes on.",
}


def tell_what_is_due(ledger: Ledger, settings: Settings) -> bool:
    """Note what is new, tell what is due; whether something is left to tell later."""
    if not settings.notify_listeners:
        return False
    mode = settings.mode.value
    with ledger.write() as connection:
        note_what_is_new(connection, ledger.now(connection), mode)
    with ledger.read() as connection:
        due = due_notices(connection, ledger.now(connection), mode)
    listeners = Apprise()
    for url in settings.notify_listeners:
        listeners.add(url)
    for notice in due:
        told = bool(listeners.notify(title=_TITLES[notice.kind].format(name=notice.name), body=_body(ledger, notice)))
        if not told:
            _log.warning("Nobody took a notice about campaign %s; it is told again later", notice.campaign_id)
        with ledger.write() as connection:
            now = ledger.now(connection)
            (note_told if told else note_failure)(connection, notice, now)
    return bool(due)


def _body(ledger: Ledger, notice: Notice) -> str:
    with ledger.read() as connection:
        counts = campaign_counts(connection, notice.campaign_id)
    handed_over = sum(counts.get(state, 0) for state in WENT_OUT)
    why = f" {notice.reason}" if notice.reason and notice.kind != "ended" else ""
    return f"{handed_over:,} of {sum(counts.values()):,} messages are with Twilio.{why} {_NEXT[notice.kind]}"
