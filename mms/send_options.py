"""What a person chose about how a campaign goes out; stored as JSON in `campaigns.options`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

OWN_LINKS, TWILIO_LINKS = "own", "twilio"
BREAKER_WINDOW = 100  # decided rows that are looked at
BREAKER_SHARE = 0.5  # of them may fail before the campaign stops by itself


@dataclass(frozen=True, slots=True)
class SendOptions:
    """None means: the sender's value, else the setting. Rates are messages a second, 0 for no pacing."""

    rate: float | None = None
    batch_size: int | None = None
    max_in_flight: int | None = None
    any_hour: bool = False  # quiet hours do not hold rows back
    other_countries: bool = False  # numbers outside the US and Canada get a text with a link
    canary: int | None = None  # send so many first, then wait
    canary_goes_on: bool = False  # by rule when their receipts are good; else a person says so
    breaker_window: int = BREAKER_WINDOW
    breaker_share: float = BREAKER_SHARE  # 1 or more: never stop by share
    check_media: bool = False  # the pictures are looked at once more just before the start
    media_checked: bool = True  # False: that look is still to come
    links: str | None = None  # OWN_LINKS or TWILIO_LINKS: made short and personal, so that clicks are counted
    utm: str = ""  # added to links, as a query string
    test_share: float | None = None  # of the people try the versions of the message first
    test_rule: str = "hand"  # a mms.versions.version.Rule
    test_hours: float = 4.0  # after which the rule looks
    test_seed: int | None = None  # the draw can be made again from it

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Options from the ledger; names of other versions are left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: item for name, item in value.items() if name in known})

    def to_json(self) -> dict[str, Any]:
        """A JSON object for the ledger."""
        return asdict(self)

    def changed(self, **changes: Any) -> Self:
        """The same options with some replaced."""
        return replace(self, **changes)
