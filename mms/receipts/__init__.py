"""What Twilio reports after it took a message: callbacks when there is a public address, its log otherwise, or both.

* `applying`   one rule for both roads: a later state is never overwritten by an earlier one
* `callbacks`  Twilio calls us; a callback may come before the answer to the create is recorded
* `schedule`   how often the log is asked, by the age of the messages
* `polling`    we ask the log, about one request for a thousand messages; a periodic job of the worker
"""

from mms.receipts.applying import Effect, Receipt
from mms.receipts.awaiting import is_overdue
from mms.receipts.callbacks import apply_early, record_callback, record_callbacks, sweep_early
from mms.receipts.polling import AccountLog, MessageLog, Polled, poll_due
from mms.receipts.schedule import LIVE_TIERS, PRACTICE_TIERS

__all__ = [
    "LIVE_TIERS",
    "PRACTICE_TIERS",
    "AccountLog",
    "Effect",
    "MessageLog",
    "Polled",
    "Receipt",
    "apply_early",
    "is_overdue",
    "poll_due",
    "record_callback",
    "record_callbacks",
    "sweep_early",
]
