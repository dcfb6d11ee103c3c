"""What becomes of a message, decided by the number it goes to: the same number always fares the same.

Numbers 907-555-0150 to 907-555-0185 have a fixed outcome (docs/practice.md); for all others a hash decides. One area
code only, so that a list of made-up numbers from everywhere fares like an ordinary one.
"""

import hashlib
import re
from dataclasses import dataclass
from itertools import accumulate

_FICTIONAL_LINE = re.compile(r"\+1907555(01\d\d)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The last status a message reaches, with Twilio's code when it is a failure."""

    status: str
    error_code: int | None = None
    slow: bool = False


DELIVERED = Outcome("delivered")
SENT = Outcome("sent")  # many US carriers never confirm a picture message
OPTED_OUT = Outcome("failed", 21610)  # with a Messaging Service the refusal comes after the 201
VALIDITY_EXPIRED = Outcome("failed", 30036)  # it waited longer than it was worth
OPTED_OUT_LINE = "0170"

# What the person texts back after the message arrived, by the last four digits of a 907-555-01xx number.
REPLY_BY_LINE = {"0180": "STOP", "0181": "Thank you!", "0182": "please stop texting me"}

# What the phone does with the links of a message, by the last four digits of a 907-555-01xx number.
OPENS_BY_LINE = {"0183": ("person",), "0184": ("preview",), "0185": ("robot", "preview", "person", "person")}

# Outcome by the last four digits of a 907-555-01xx number.
BY_LINE = dict.fromkeys((*(f"{n:04}" for n in range(150, 160)), *REPLY_BY_LINE, *OPENS_BY_LINE), DELIVERED) | {
    "0160": SENT,
    "0161": Outcome("delivered", slow=True),
    "0162": Outcome("undelivered", 30019),
    "0163": Outcome("undelivered", 30003),
    "0164": Outcome("undelivered", 30004),
    "0165": Outcome("undelivered", 30005),
    "0166": Outcome("undelivered", 30006),
    "0167": Outcome("undelivered", 30007),
    "0168": Outcome("undelivered", 30008),
    "0169": Outcome("failed", 30034),
}

# Refused at once, with this code, by the last four digits of a 907-555-01xx number.
REFUSED_BY_LINE = {"0171": 21211, "0172": 21612, "0173": 21408, "0174": 21614, "0175": 21635}

# Twilio's short texts for failures of a message.
ERROR_MESSAGES = {
    21610: "Attempt to send to unsubscribed recipient",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30019: "Content size exceeds carrier limit",
    30034: "Message from an unregistered number",
    30036: "Validity period expired",
}

# For every other number: outcome and its share in a thousand.
SHARES = (
    (DELIVERED, 850),
    (SENT, 90),
    (Outcome("undelivered", 30003), 18),
    (Outcome("undelivered", 30005), 12),
    (Outcome("undelivered", 30006), 12),
    (Outcome("undelivered", 30007), 8),
    (Outcome("undelivered", 30008), 10),
)
_STEPS = tuple(zip(accumulate(share for _, share in SHARES), (outcome for outcome, _ in SHARES), strict=True))

SLOW_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds from one step to the next, before the time scale: chosen, sent, final, priced."""

    chosen: float
    sent: float
    final: float
    priced: float


def refused_at_create(to: str) -> int | None:
    """The code that a create to this number is always refused with."""
    return REFUSED_BY_LINE.get(fictional_line(to))


def reply_to_expect(to: str) -> str:
    """The text that this practice person sends back, empty for most."""
    return REPLY_BY_LINE.get(fictional_line(to), "")


def opens(to: str, share: float) -> tuple[str, ...]:
    """Who asks for the links of a message to this number, in order: `robot`, `preview`, `person`.

    Of all numbers that share of people opens them, 30 in 100 phones draw a preview, 5 in 100 carriers look first.
    """
    fixed = OPENS_BY_LINE.get(fictional_line(to))
    if fixed or fictional_line(to) in BY_LINE:
        return fixed or ()
    draws = [byte / 256 for byte in hashlib.blake2b(f"{to} opens".encode(), digest_size=3).digest()]
    chances = (("robot", 0.05), ("preview", 0.3), ("person", share))
    return tuple(who for draw, (who, chance) in zip(draws, chances, strict=True) if draw < chance)


def outcome_for(to: str) -> Outcome:
    """What becomes of messages to this number."""
    fixed = BY_LINE.get(fictional_line(to))
    if fixed:
        return fixed
    draw = int.from_bytes(_hash(to)[:4], "big") % _STEPS[-1][0]
    return next(outcome for limit, outcome in _STEPS if draw < limit)


def delays_for(to: str, outcome: Outcome) -> Delays:
    """Believable delays: seconds mostly; the carrier's receipt sometimes takes a minute."""
    first, second, third, fourth = (byte / 255 for byte in _hash(to)[4:8])
    receipt = SLOW_SECONDS if outcome.slow else 1 + 8 * second + 60 * max(0.0, third - 0.9)
    return Delays(chosen=0.2 + 0.6 * fourth, sent=0.5 + 2.5 * first, final=receipt, priced=3 + 12 * fourth)


def fictional_line(to: str) -> str:
    """The last four digits of a 907-555-01xx number, empty for any other."""
    found = _FICTIONAL_LINE.fullmatch(to)
    return found[1] if found else ""


def _hash(to: str) -> bytes:
    return hashlib.blake2b(to.encode(), digest_size=8).digest()
