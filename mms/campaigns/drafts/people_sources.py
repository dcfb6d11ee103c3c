"""Where a campaign's people come from when it is no file: a saved list, a segment, an earlier campaign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from sqlalchemy import Connection

from mms.ledger import Ledger
from mms.lists.audience import upload_where
from mms.lists.campaign_people import CampaignGroup, campaign_people
from mms.lists.conditions import Asks, Condition, Moment
from mms.lists.saved_lists import SavedList, saved_list
from mms.lists.segments import Found, count_people, moment_of, segment
from mms.recipients import Upload


@dataclass(frozen=True, slots=True)
class PeopleOfList:
    """A saved list, or a segment of it, without those who got certain campaigns (or may still get them)."""

    list_id: int
    segment_id: int | None = None
    without: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleOfCampaign:
    """Some people of an earlier campaign."""

    campaign_id: int
    group: CampaignGroup


@dataclass(frozen=True, slots=True)
class ChosenPeople:
    """They as an upload, what to call them, and the column with the numbers."""

    upload: Upload
    name: str
    phone_column: str | None


def count_chosen(connection: Connection, chosen: PeopleOfList, moment: Moment) -> Found:
    """How many people that is now."""
    _, _, conditions = _asked(connection, chosen)
    return count_people(connection, chosen.list_id, conditions, moment)


def chosen_people(ledger: Ledger, chosen: PeopleOfList | PeopleOfCampaign, *, mode: str, zone: tzinfo) -> ChosenPeople:
    """They as they are now.

    Raises:
        CampaignError: `no_such_list`, `no_such_segment`, `no_such_campaign`, `upload_gone`, `nobody`.
    """
    with ledger.read() as connection:
        if isinstance(chosen, PeopleOfCampaign):
            found = campaign_people(connection, chosen.campaign_id, chosen.group)
            return ChosenPeople(found.upload, found.upload.file_name, found.phone_column)
        of_list, name, conditions = _asked(connection, chosen)
        upload = upload_where(connection, of_list, name, conditions, moment_of(ledger.now(connection), mode, zone))
        return ChosenPeople(upload, name, of_list.phone_column)


def _asked(connection: Connection, chosen: PeopleOfList) -> tuple[SavedList, str, Sequence[Condition]]:
    without = [Condition(Asks.DID_NOT_GET_CAMPAIGN, value=str(one)) for one in chosen.without]
    if chosen.segment_id is None:
        found = saved_list(connection, chosen.list_id)
        return found, found.name, without
    named = segment(connection, chosen.segment_id)
    return saved_list(connection, named.list_id), named.name, [*named.conditions, *without]
