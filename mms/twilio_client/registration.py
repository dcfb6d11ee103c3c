"""Will carriers let it through? What Twilio knows about the registration of a sender. Read-only; never raises.

Sources: twilio.com/docs/messaging/api/usapptoperson-resource, …/tollfree-verification-resource.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from mms.twilio_client.account import Account
from mms.twilio_client.hosts import http_client

_SECONDS = 15.0
_PAGE = 1000
_ODD = (ValueError, TypeError, AttributeError, KeyError)  # what the SDK raises at other JSON
_CONSOLE = "Twilio Console"
_TOLL_FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")


class Light(StrEnum):
    """How sure it is that carriers let messages through."""

    GREEN = "green"
    AMBER = "amber"  # not yet, or not known
    RED = "red"  # surely not


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: a sentence, and the next step (empty when there is nothing to do)."""

    light: Light
    sentence: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """All findings about one sender. `rate` is messages a second as registered, where Twilio tells it."""

    findings: tuple[Finding, ...]
    rate: float | None = None
    balance: float | None = None  # in the account's currency; None where this key may not read it

    @property
    def light(self) -> Light:
        """The worst of them."""
        lights = {finding.light for finding in self.findings}
        return next((light for light in (Light.RED, Light.AMBER) if light in lights), Light.GREEN)


_A2P = {
    "VERIFIED": Finding(Light.GREEN, "The A2P campaign is approved: US carriers take messages from this sender."),
    "PENDING": Finding(
        Light.AMBER,
        "The A2P campaign is being reviewed; until then US carriers block messages (30034).",
        f"Wait for it (10 to 15 business days); see Messaging, Regulatory Compliance in the {_CONSOLE}.",
    ),
    "FAILED": Finding(
        Light.RED,
        "The A2P campaign was refused: US carriers block every message (30034).",
        f"Fix what the reason says in the {_CONSOLE}, and submit it again.",
    ),
    "SUSPENDED": Finding(
        Light.RED,
        "The A2P campaign is suspended: US carriers block every message.",
        "Ask Twilio's support for the reason.",
    ),
}
_A2P["IN_PROGRESS"] = _A2P["PENDING"]
_NO_A2P = Finding(
    Light.RED,
    "This sender has no A2P campaign: US carriers block every message (30034).",
    f"Register brand and campaign under Messaging, Regulatory Compliance in the {_CONSOLE}.",
)
_TOLL_FREE_STATES = {
    "TWILIO_APPROVED": Finding(Light.GREEN, "The toll-free number is verified: carriers take its messages."),
    "PENDING_REVIEW": Finding(
        Light.RED,
        "The toll-free verification waits for its review; until then every message is blocked (30032).",
        "Wait for the approval (3 to 5 business days).",
    ),
    "TWILIO_REJECTED": Finding(
        Light.RED,
        "The toll-free verification was refused: every message is blocked (30032).",
        f"Fix what the reason says in the {_CONSOLE}, and submit it again.",
    ),
}
_TOLL_FREE_STATES["IN_REVIEW"] = _TOLL_FREE_STATES["PENDING_REVIEW"]
_NOT_VERIFIED = Finding(
    Light.RED,
    "The toll-free number is not verified: every message is blocked (30032).",
    f"Submit the verification for this number in the {_CONSOLE}; it takes 3 to 5 business days.",
)
_UNKNOWN = Finding(
    Light.AMBER,
    "Twilio does not say whether this sender is registered: this key may not read it.",
    f"Look under Messaging, Regulatory Compliance in the {_CONSOLE}.",
)


def registration(account: Account, address: str) -> Registration:
    """What is known about the sender at `address`, a number or the SID of a messaging service."""
    client = account.client(http_client(account.base_url, timeout=_SECONDS))
    try:
        found, rate = _of_sender(client, address)
    except (TwilioException, requests.RequestException, *_ODD):
        found, rate = [_UNKNOWN], None
    left, money = _money(client, account)
    return Registration((*found, *money), rate, left)


def money_for(found: Registration, forecast: float) -> Finding | None:
    """What is wrong with the account's money for a launch that costs so much; None when it will do, or is unknown."""
    if found.balance is None or found.balance >= forecast or found.balance <= 0:  # nothing left is told anyway
        return None
    return Finding(
        Light.AMBER,
        f"The account holds {found.balance:,.2f}, and this may cost {forecast:,.2f}: Twilio refuses the rest once "
        "the money is used up.",
        f"Add money in the {_CONSOLE} first, or turn on auto-recharge there.",
    )


def pace_of(found: Registration, people: int) -> str | None:
    """How long carriers take for so many, where Twilio tells what the sender is registered for."""
    if not found.rate:
        return None
    minutes = math.ceil(people / found.rate / 60)
    whole = f"{minutes} min" if minutes < 120 else f"{minutes / 60:.0f} hours"
    return f"Registered for {found.rate:g} picture messages a second: carriers take these in {whole} or more."


def _of_sender(client: Client, address: str) -> tuple[list[Finding], float | None]:
    if address.startswith("MG"):
        return _of_service(client, address)
    if address.startswith(_TOLL_FREE):
        return [_of_toll_free(client, address)], None
    if not address.startswith("+1"):
        return [Finding(Light.GREEN, "Short codes and numbers outside of North America need no A2P campaign.")], None
    for service in client.messaging.v1.services.list(limit=_PAGE):
        pool = client.messaging.v1.services(service.sid).phone_numbers.list(limit=_PAGE)
        if any(str(number.phone_number) == address for number in pool):
            return _of_service(client, str(service.sid))
    return [_NO_A2P], None


def _of_service(client: Client, sid: str) -> tuple[list[Finding], float | None]:
    campaigns = client.messaging.v1.services(sid).us_app_to_person.list(limit=_PAGE)
    if not campaigns:
        numbers = client.messaging.v1.services(sid).phone_numbers.list(limit=_PAGE)
        if numbers and all(str(number.phone_number).startswith(_TOLL_FREE) for number in numbers):
            return [_of_toll_free(client, str(number.phone_number)) for number in numbers], None
        return [_NO_A2P, *_of_brand(client)], None
    best = min(campaigns, key=lambda one: list(_A2P).index(one.campaign_status) if one.campaign_status in _A2P else 9)
    finding = _A2P.get(str(best.campaign_status), _UNKNOWN)
    reasons = [str(error.get("description", "")) for error in getattr(best, "errors", None) or []]
    return [_with_reason(finding, " ".join(reasons))], _rate_of(best.rate_limits)


def _of_brand(client: Client) -> Iterator[Finding]:
    for brand in client.messaging.v1.brand_registrations.list(limit=_PAGE):
        if str(brand.status) == "FAILED":
            refused = Finding(Light.RED, "The brand registration was refused.", f"Fix it in the {_CONSOLE} first.")
            yield _with_reason(refused, str(brand.failure_reason or ""))


def _of_toll_free(client: Client, address: str) -> Finding:
    numbers = client.api.v2010.account.incoming_phone_numbers.list(phone_number=address, limit=1)
    if not numbers:
        return _NOT_VERIFIED
    found = client.messaging.v1.tollfree_verifications.list(tollfree_phone_number_sid=numbers[0].sid, limit=_PAGE)
    if not found:
        return _NOT_VERIFIED
    finding = _TOLL_FREE_STATES.get(str(found[0].status), _UNKNOWN)
    return _with_reason(finding, str(found[0].rejection_reason or ""))


def _with_reason(finding: Finding, reason: str) -> Finding:
    if not reason or finding.light is Light.GREEN:
        return finding
    return Finding(finding.light, f"{finding.sentence} The reason: {reason}", finding.next_step)


def _rate_of(limits: Any) -> float | None:
    """The slowest carrier's MMS a second; None where Twilio does not tell. The form of `rate_limits` is assumed."""
    per_carrier = limits.values() if isinstance(limits, dict) else ()
    told = [one.get("mms_mps") or one.get("mps") for one in per_carrier if isinstance(one, dict)]
    rates = [float(one) for one in told if isinstance(one, int | float) and one > 0]
    return min(rates, default=None)


def _money(client: Client, account: Account) -> tuple[float | None, list[Finding]]:
    """A standard API key may not read the balance (401): unknown is not bad, so nothing is said."""
    try:
        found = client.api.v2010.accounts(account.account_sid).balance.fetch()
        left = float(found.balance)
    except (TwilioRestException, TwilioException, requests.RequestException, *_ODD):
        return None, []
    if left <= 0:
        nothing = "The account has no money left: Twilio refuses every message."
        return left, [Finding(Light.RED, nothing, f"Add money in the {_CONSOLE}.")]
    return left, [Finding(Light.GREEN, f"The account holds {left:,.2f} {found.currency}.")]
