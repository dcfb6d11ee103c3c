"""One message to Twilio, and what Twilio knows about messages. The only room that speaks to Twilio.

* `Account`         where Twilio (or a stand-in) answers, and who signs in
* `message_sender`  asks for one message; what came of it is a value (`outcomes`), never an exception. Imported by its
                    own name, so that only who sends loads aiohttp
* `lookups`         for people and pollers, one call at a time: check the account, list, fetch

Errors never carry numbers, tokens or texts.
"""

from mms.twilio_client.account import Account
from mms.twilio_client.lookups import (
    AccountReport,
    check_account,
    fetch_message,
    list_messages_page,
    pool_numbers,
    sign_in_problem,
)
from mms.twilio_client.outcomes import Accepted, Busy, NoAnswer, NotAsked, Outcome, Refused, Withheld
from mms.twilio_client.provider_clock import ProviderClock, clock_warning
from mms.twilio_client.provider_message import LogExcerpt, MessagePage, ProviderMessage, hidden_part, may_be_to
from mms.twilio_client.sids import is_message_sid

__all__ = [
    "Accepted",
    "Account",
    "AccountReport",
    "Busy",
    "LogExcerpt",
    "MessagePage",
    "NoAnswer",
    "NotAsked",
    "Outcome",
    "ProviderClock",
    "ProviderMessage",
    "Refused",
    "Withheld",
    "check_account",
    "clock_warning",
    "fetch_message",
    "hidden_part",
    "is_message_sid",
    "list_messages_page",
    "may_be_to",
    "pool_numbers",
    "sign_in_problem",
]
