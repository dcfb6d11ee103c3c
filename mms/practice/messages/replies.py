"""People answering: a text comes in, keywords opt out or in, Twilio confirms, and the customer's webhook is told."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from mms.practice import account
from mms.practice.account import ACCOUNT_SID
from mms.practice.messages.message import API_VERSION, Message
from mms.practice.messages.message_log import MessageLog
from mms.practice.messages.new_message import reply_message
from mms.practice.messages.opt_outs import OptOuts, keyword, senders_covered
from mms.practice.messages.webhooks import Webhooks

# Twilio answers keywords by itself; the answer is in the log as `outbound-reply`.
_CONFIRMATION = {
    "STOP": "You are unsubscribed and will get no more messages from this number. Reply START to subscribe again.",
    "START": "You are subscribed again. Reply STOP to unsubscribe.",
    "HELP": "This is a practice number. Reply STOP to unsubscribe.",
}


@dataclass(frozen=True, slots=True)
class Replies:
    """Takes in what practice people text to the account's numbers."""

    log: MessageLog
    opt_outs: OptOuts
    webhooks: Webhooks

    async def receive(
        self, person: str, number: str, body: str, webhook_url: str, media: Sequence[str] = ()
    ) -> tuple[Message, int | None]:
        """Log the text and act on it; gives the message and the webhook's status (None: no webhook, or no answer)."""
        now = time.time()
        message = reply_message("inbound", person, number, body, now, media)
        await self.log.add_message(message)
        word = keyword(body, number)
        if word:
            await self._obey(word, person, number, now)
        if not webhook_url:
            return message, None
        return message, await self.webhooks.post(webhook_url, _fields(message, word))

    async def _obey(self, word: str, person: str, number: str, now: float) -> None:
        pairs = [(person, sender) for sender in senders_covered(number)]
        if word == "STOP":
            self.opt_outs.add(pairs)
            self.log.store_opt_outs(pairs, blocked=True)
        elif word == "START":
            self.opt_outs.remove(pairs)
            self.log.store_opt_outs(pairs, blocked=False)
        await self.log.add_message(reply_message("outbound-reply", number, person, _CONFIRMATION[word], now))


def _fields(message: Message, word: str) -> dict[str, str]:
    service = account.service_of(message.to_number)
    fields = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "SmsStatus": "received",
        "AccountSid": ACCOUNT_SID,
        "From": message.from_number,
        "To": message.to_number,
        "Body": message.body,
        "NumMedia": str(len(message.media_urls)),
        "NumSegments": str(message.segments),
        "ApiVersion": API_VERSION,
        "FromCountry": "US",
        "ToCountry": "US",
    }
    if service:  # the practice service has Advanced Opt-Out, plain numbers do not
        fields["MessagingServiceSid"] = service.sid
        fields |= {"OptOutType": word} if word else {}
    return fields
