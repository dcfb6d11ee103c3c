"""What a running practice Twilio holds: its log, the opt-outs, its settings. One object per server, no globals."""

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from mms.practice.account import Credentials
from mms.practice.faults import Faults
from mms.practice.message_log import MessageLog
from mms.practice.opt_outs import OptOuts


@dataclass(slots=True)
class Practice:
    """The state behind every route. `time_scale` 0.1 lets messages move on ten times as fast."""

    credentials: Credentials
    log: MessageLog
    opt_outs: OptOuts
    time_scale: float = 1.0
    inbound_url: str = ""
    faults: Faults = field(default_factory=Faults)
    in_flight: int = 0
    last_request: float = field(default_factory=time.monotonic)
    calls: Counter[str] = field(default_factory=Counter)

    @classmethod
    def open(cls, data_dir: Path, auth_token: str, *, time_scale: float = 1.0, inbound_url: str = "") -> Self:
        """Open the log in `data_dir`, creating it when it is new."""
        log = MessageLog(data_dir / "practice.db")
        opt_outs = OptOuts(log.opt_outs())
        return cls(Credentials(auth_token), log, opt_outs, time_scale, inbound_url)

    def has_pending(self) -> bool:
        """Whether messages that report to a callback are still on their way."""
        return bool(self.log.count("callback <> '' AND final_at > ?", (time.time(),)))
