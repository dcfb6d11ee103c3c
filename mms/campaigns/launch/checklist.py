"""What must be true before a campaign goes out: one list, asked by page, command line, API, and by the launch itself.

What may change between the asking and the launch is asked once more in the launch's last transaction (`guard.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from sqlalchemy import Connection

from mms.access.approvals import require_launch
from mms.campaigns.drafts import decisions
from mms.campaigns.drafts.content import DraftContent
from mms.campaigns.launch.links import link_base
from mms.campaigns.launch.repeat_check import already_sent
from mms.campaigns.launch.senders import chosen_address, sender_kind
from mms.campaigns.launch.submission import NO_REPEATS, Content, Repeats
from mms.campaigns.pictures.media_check import NOTHING_FOUND, MediaFindings
from mms.campaigns.pictures.own_picture import require_codes
from mms.campaigns.pictures.row_media_problems import with_picture_problems
from mms.errors import CampaignError, MmsError
from mms.ledger import Ledger
from mms.recipients import CheckedList
from mms.reports.cost.budget import over_budget, require_within
from mms.reports.cost.campaign_cost import destinations, forecast_cost
from mms.reports.cost.prices import prices
from mms.roles import Role, User
from mms.settings import Settings

ALL_PROBLEMS = "all"
"""For `DraftContent.skip_problems`: without whichever rows are to mend, said before anybody knew which."""


class Installation(Protocol):
    """Where a campaign goes out from; `mms.services.Services` is one."""

    @property
    def settings(self) -> Settings:
        """As they were at the start of the process."""

    @property
    def ledger(self) -> Ledger:
        """The one of these settings."""

    @property
    def account_sid(self) -> str:
        """Twilio's, or the stand-in's."""

    @property
    def senders(self) -> tuple[str, ...]:
        """Addresses to send from, the preferred one first."""


@dataclass(frozen=True, slots=True)
class Sending:
    """An installation, for who has no `Services`."""

    settings: Settings
    ledger: Ledger
    account_sid: str
    senders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDraft:
    """A draft with everything that was found out about it: what the checklist asks, and the launch writes."""

    said: DraftContent
    content: Content
    checked: CheckedList
    findings: MediaFindings = NOTHING_FOUND
    known: Repeats = NO_REPEATS
    own_problem: str | None = None  # why the chosen picture template cannot be used
    edited_by: tuple[str, ...] = ()  # empty: not known
    upload_id: int | None = None  # None: the launch stores the list

    @property
    def to_mend(self) -> CheckedList:
        """The list with the rows among those to mend whose own picture cannot be used."""
        return with_picture_problems(self.checked, self.content.template, self.findings)


class Item(StrEnum):
    """What is asked. An entrance may have its own words for a cure, by these."""

    NAME = "name"
    SENDER = "sender"
    PROBLEMS = "problems"
    PICTURES = "pictures"
    OWN_PICTURE = "own_picture"
    LINKS = "links"
    REPEAT = "repeat"
    START = "start"
    LAST_MOMENT = "last_moment"
    CONSENT = "consent"
    APPROVAL = "approval"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing that keeps the campaign from going out: what to do, and the error of a launch all the same."""

    item: Item
    sentence: str
    error: MmsError


@dataclass(frozen=True, slots=True)
class _Asked:
    connection: Connection
    place: Installation
    draft: CheckedDraft
    by: User
    now: float


def checklist(place: Installation, draft: CheckedDraft, *, by: User) -> tuple[ToDo, ...]:
    """What is still to do before `by` may launch the draft, in the order of `Item`; empty when nothing is."""
    with place.ledger.read() as connection:
        asked = _Asked(connection, place, draft, by, place.ledger.now(connection))
        found = ((item, _RULES[item](asked)) for item in Item)
        return tuple(ToDo(item, _SENTENCES.get(item, error.message), error) for item, error in found if error)


def link_base_of(place: Installation, said: DraftContent) -> str | None:
    """The address in front of the campaign's short links, as `link_base`. Raises CampaignError."""
    options = decisions.send_options(said, place.settings)
    return link_base(place.settings, place.ledger, options, chosen_address(place.settings, place.senders, said.sender))


def agreement(to_mend: CheckedList) -> str:
    """Names the very rows that somebody goes on without; another list of rows to mend has another name."""
    return sha256(",".join(map(str, sorted(to_mend.problems_by_row))).encode()).hexdigest()[:16]


def goes_on_without(said: DraftContent, to_mend: CheckedList) -> bool:
    """Whether it was agreed to leave out these rows to mend, or there are none."""
    return not to_mend.problems or said.skip_problems in (ALL_PROBLEMS, agreement(to_mend))


def _name(asked: _Asked) -> MmsError | None:
    return None if asked.draft.said.name.strip() else _error(Item.NAME, "name")


def _sender(asked: _Asked) -> MmsError | None:
    return _raised(lambda: chosen_address(asked.place.settings, asked.place.senders, asked.draft.said.sender))


def _problems(asked: _Asked) -> MmsError | None:
    agreed = goes_on_without(asked.draft.said, asked.draft.to_mend)
    return None if agreed else _error(Item.PROBLEMS, "rows_to_mend")


def _pictures(asked: _Asked) -> MmsError | None:
    for found in asked.draft.findings.for_all:
        return CampaignError(found.message, code=str(found.code))
    return None


def _own_picture(asked: _Asked) -> MmsError | None:
    if asked.draft.own_problem:
        return CampaignError(asked.draft.own_problem, code="picture_template")
    own = asked.draft.content.own
    return _raised(lambda: require_codes(own, asked.draft.checked.ready)) if own else None


def _links(asked: _Asked) -> MmsError | None:
    return _raised(lambda: link_base_of(asked.place, asked.draft.said)) if not _sender(asked) else None


def _repeat(asked: _Asked) -> MmsError | None:
    same = asked.draft.known.same
    return already_sent(same[0]) if same and not asked.draft.said.allow_repeat else None


def _start(asked: _Asked) -> MmsError | None:
    said = asked.draft.said
    is_chosen = not decisions.starts_later(said) or decisions.start_at(said) is not None
    return None if is_chosen else _error(Item.START, "start")


def _last_moment(asked: _Asked) -> MmsError | None:
    ends_in_time = decisions.ends_in_time(asked.draft.said, asked.now)
    sentence = "The last moment to send is before the start, so nobody would get it."
    return None if ends_in_time else CampaignError(sentence, code="not_after")


def _consent(asked: _Asked) -> MmsError | None:
    return None if asked.draft.said.consent else _error(Item.CONSENT, "consent")


def _approval(asked: _Asked) -> MmsError | None:
    people, editors = asked.draft.checked.ready, asked.draft.edited_by
    return _raised(
        lambda: require_launch(asked.connection, asked.by, edited_by=editors, recipients=people, now=asked.now)
    )


def _budget(asked: _Asked) -> MmsError | None:
    settings = asked.place.settings
    if settings.is_practice or settings.monthly_budget is None or asked.by.role is Role.ADMIN or _sender(asked):
        return None
    has_media = bool(asked.draft.content.media_urls or asked.draft.content.own)
    kind = sender_kind(chosen_address(settings, asked.place.senders, asked.draft.said.sender))
    people = destinations(number for _, number in asked.draft.checked.ready_numbers())
    cost = forecast_cost(people, kind, prices(asked.connection), has_media=has_media)
    over = over_budget(asked.connection, settings.monthly_budget, cost.high, asked.now)
    return _raised(lambda: require_within(over, asked.by))


def _raised(ask: Callable[[], object]) -> MmsError | None:
    try:
        ask()
    except MmsError as error:
        return error
    return None


def _error(item: Item, code: str) -> MmsError:
    return CampaignError(_SENTENCES[item], code=code)


_SENTENCES: Mapping[Item, str] = {
    Item.NAME: "Give the campaign a name.",
    Item.PROBLEMS: "Say what happens to the rows to fix.",
    Item.PICTURES: "Change the picture that cannot be used.",
    Item.OWN_PICTURE: "Choose another picture template, or add coupon codes.",
    Item.REPEAT: "Say that you want to send it a second time.",
    Item.START: "Choose a time to start.",
    Item.LAST_MOMENT: "Choose a last moment behind the start.",
    Item.CONSENT: "Confirm that these people agreed.",
}
_RULES: Mapping[Item, Callable[[_Asked], MmsError | None]] = {
    Item.NAME: _name,
    Item.SENDER: _sender,
    Item.PROBLEMS: _problems,
    Item.PICTURES: _pictures,
    Item.OWN_PICTURE: _own_picture,
    Item.LINKS: _links,
    Item.REPEAT: _repeat,
    Item.START: _start,
    Item.LAST_MOMENT: _last_moment,
    Item.CONSENT: _consent,
    Item.APPROVAL: _approval,
    Item.BUDGET: _budget,
}
