"""What a running practice Twilio holds: its log, the opt-outs, its settings. One object per server, no globals."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self

from mms.practice.account import Credentials
from mms.practice.hosted_files import HostedFiles
from mms.practice.messages.callbacks import Agenda, StatusCallbacks
from mms.practice.messages.faults import Faults
from mms.practice.messages.message import Message
from mms.practice.messages.message_log import MessageLog
from mms.practice.messages.opt_outs import OptOuts
from mms.practice.messages.outcomes import opens, reply_to_expect
from mms.practice.messages.phones import Phones, short_links, when_opened
from mms.practice.messages.replies import Replies
from mms.practice.messages.webhooks import Webhooks

_REPLY_AFTER = 4.0  # seconds, before the time scale


@dataclass(slots=True)
class Practice:
    """The state behind every route. `time_scale` 0.1 lets messages move on ten times as fast."""

    credentials: Credentials
    log: MessageLog
    opt_outs: OptOuts
    faults: Faults
    agenda: Agenda
    webhooks: Webhooks
    callbacks: StatusCallbacks
    replies: Replies
    phones: Phones
    hosted_files: HostedFiles
    time_scale: float
    inbound_url: str
    click_share: float = 0.2  # of the people who got a link
    in_flight: int = 0
    last_request: float = field(default_factory=time.monotonic)
    calls: Counter[str] = field(default_factory=Counter)

    @classmethod
    def open(cls, data_dir: Path, auth_token: str, *, time_scale: float = 1.0, inbound_url: str = "") -> Self:
        """Open the log in `data_dir`, creating it when it is new."""
        log, faults, agenda, webhooks = MessageLog(data_dir / "practice.db"), Faults(), Agenda(), Webhooks(auth_token)
        opt_outs = OptOuts(log.opt_outs())
        return cls(
            credentials=Credentials(auth_token),
            log=log,
            opt_outs=opt_outs,
            faults=faults,
            agenda=agenda,
            webhooks=webhooks,
            callbacks=StatusCallbacks(agenda, webhooks, log, faults),
            replies=Replies(log, opt_outs, webhooks),
            phones=Phones(),
            hosted_files=HostedFiles.open(data_dir / "practice-files"),
            time_scale=time_scale,
            inbound_url=inbound_url,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While the server runs: the webhook session is open, and messages of an earlier run are followed again."""
        try:
            async with self.webhooks, self.phones:
                self.callbacks.watch_again(time.time())
                yield
        finally:
            self.log.close()

    def follow(self, message: Message, now: float) -> None:
        """Plan what a new message will cause: callbacks, opened links, and the answer of a person who answers."""
        self.callbacks.watch(message, now)
        if message.final_status in ("delivered", "sent"):
            self._plan_clicks(message)
        text = reply_to_expect(message.to_number)
        if text and message.final_status == "delivered":
            self.agenda.at(
                message.final_at + _REPLY_AFTER * self.time_scale,
                lambda: self.replies.receive(message.to_number, message.from_number, text, self.inbound_url),
            )

    def _plan_clicks(self, message: Message) -> None:
        for link in short_links(message.body)[:1]:
            for who in opens(message.to_number, self.click_share):
                self.agenda.at(when_opened(message, who, self.time_scale), partial(self.phones.open, link, who))

    def is_idle(self, seconds: float) -> bool:
        """Whether nobody asked anything for so long and nothing is left to happen."""
        return time.monotonic() - self.last_request > seconds and self.agenda.is_empty()
