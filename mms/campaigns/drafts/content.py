"""What a draft says: every decision that a person, a command or a program makes before a campaign is launched.

Stored as JSON with the number of its version. Names and defaults stand here and nowhere else; a value of another
version that does not fit is its default, so that an old draft always opens.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from mms.campaigns.launch.repeat_check import RECENT_DAYS

VERSION = 1
"""Version 0, before there was a number, has the same names."""
LOOKS = frozenset({"step", "test_campaign", "test_number"})
"""Where somebody looked, and tests to their own phone: nothing of it is sent."""
_STRICT = "strict"


class Start(StrEnum):
    """When the campaign begins."""

    NOW = "now"
    LATER = "later"  # at `start_at`


class DraftContent(BaseModel):
    """Immutable; `with_changes` makes the next one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = ""
    tags: tuple[str, ...] = ()
    # What it says.
    body: str = ""
    media_urls: tuple[str, ...] = ()
    picture_template: str | None = None  # by name: a picture made for each person
    test_on: bool = False  # versions B and C are tried on some people first
    version_b: str = ""
    version_c: str = ""
    version_b_media_urls: tuple[str, ...] | None = None  # None: the same pictures
    version_c_media_urls: tuple[str, ...] | None = None
    test_percent: float = 20  # of the people try
    test_rule: str = "hand"  # a mms.versions.version.Rule
    test_hours: float = 4.0
    test_seed: int | None = None  # of the draw; None: one of the texts
    links: str | None = None  # `own` or `twilio`: made short, so that clicks are counted
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_term: str = ""
    utm_content: str = ""
    # Who gets it.
    phone_column: str | None = None  # None: the one that is found
    region: str | None = None  # of numbers without a country code; None: the setting
    chosen_rows: tuple[int, ...] = ()  # of rows with the same number, those to send to
    other_countries: bool = False
    include_no_consent: bool = False
    skip_problems: str | None = None  # which rows to mend it goes without, see `mms.campaigns.launch.checklist`
    allow_repeat: bool = False
    skip_recent: bool = False
    recent_days: float = RECENT_DAYS
    skip_dead: bool = True
    consent: bool = False
    # When, from where, how fast.
    sender: str | None = None  # None: the first of this installation
    start: Start = Start.NOW
    start_at: str | None = None  # ISO: a local time in `zone`, or a moment with its offset
    start_at_fold: int | None = None  # of a time that comes twice: 0 the first, 1 the second
    ends: bool = False
    not_after: str | None = None  # as `start_at`; counts when it `ends`
    not_after_fold: int | None = None
    zone: str | None = None
    any_hour: bool = False
    canary: int | None = None
    canary_goes_on: bool = False
    rate: float | None = None  # None: the sender's
    batch_size: int | None = None  # None: the setting
    max_in_flight: int | None = None
    check_media: bool = True  # the pictures are looked at before the start
    reference: str | None = None  # a program's own name for the campaign
    # Where somebody looked.
    step: str | None = None
    test_campaign: int | None = None
    test_number: str = ""

    @field_validator("*", mode="wrap")
    @classmethod
    def _else_the_default(cls, value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        try:
            return read(value)
        except ValidationError:
            if (info.context or {}).get(_STRICT) or info.field_name is None:
                raise
            return cls.model_fields[info.field_name].default

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """What the ledger holds, of this version or another; names that are not known are left out."""
        return cls.model_validate(dict(stored))


def typed(name: str, value: Any) -> Any:
    """The value as the draft's content has it; the default where it does not fit. Raises AttributeError."""
    return getattr(DraftContent.from_stored({name: value}), name)


def stored(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes as the ledger keeps them.

    Raises:
        TypeError: a name that a draft does not have.
        ValidationError: a value that does not fit its name.
    """
    if unknown := changes.keys() - DraftContent.model_fields.keys():
        raise TypeError(f"A draft has no {', '.join(sorted(unknown))}.")
    read = DraftContent.model_validate(dict(changes), context={_STRICT: True})
    return {"version": VERSION, **read.model_dump(mode="json", include=set(changes))}
