"""The practice account: its numbers, messaging services and credentials. All numbers are made up (555-01xx)."""

import base64
import hashlib
from dataclasses import dataclass, field


def made_up_sid(prefix: str, name: str) -> str:
    """A SID of Twilio's shape (two letters, 32 hex digits) that is always the same for the same name."""
    return prefix + hashlib.sha256(f"practice {name}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number at Twilio and what it can do."""

    number: str
    name: str
    sms: bool = True
    mms: bool = True

    @property
    def sid(self) -> str:
        """`PN` and 32 hex digits."""
        return made_up_sid("PN", self.number)


@dataclass(frozen=True, slots=True)
class Service:
    """A Messaging Service and its pool of senders."""

    name: str
    numbers: tuple[PhoneNumber, ...]

    @property
    def sid(self) -> str:
        """`MG` and 32 hex digits."""
        return made_up_sid("MG", self.name)


MAIN = PhoneNumber("+19075550190", "Practice number")
SECOND = PhoneNumber("+19075550191", "Second practice number")
TOLL_FREE = PhoneNumber("+18005550192", "Practice toll-free number")
TEXT_ONLY = PhoneNumber("+19075550193", "Number without MMS", mms=False)
VOICE_ONLY = PhoneNumber("+19075550194", "Number for calls only", sms=False, mms=False)

NUMBERS = {n.number: n for n in (MAIN, SECOND, TOLL_FREE, TEXT_ONLY, VOICE_ONLY)}
OTHER_ACCOUNTS_NUMBER = "+19075550195"  # exists at Twilio, but belongs to somebody else: 21660

POOL = Service("Practice service", (MAIN, SECOND))
SERVICES = {
    s.sid: s for s in (POOL, Service("Service without senders", ()), Service("Service without MMS", (TEXT_ONLY,)))
}

ACCOUNT_SID = made_up_sid("AC", "account")
API_KEY_SID = made_up_sid("SK", "API key")


def service_of(number: str) -> Service | None:
    """The service whose pool the number is in; at Twilio a number is in one service at most."""
    return next((s for s in SERVICES.values() if any(n.number == number for n in s.numbers)), None)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signs requests in: account SID and token, or the API key with the token as its secret."""

    auth_token: str = field(repr=False)
    account_sid: str = ACCOUNT_SID

    def headers(self) -> frozenset[str]:
        """Every `Authorization` value that is let in."""
        users = (self.account_sid, API_KEY_SID)
        return frozenset(f"Basic {_base64(f'{user}:{self.auth_token}')}" for user in users)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
