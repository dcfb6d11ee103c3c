"""The people of an earlier campaign, or some of them by what became of their message, as an upload for the next one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, exists, func, literal, not_, select

from mms.errors import CampaignError
from mms.ledger.tables import campaigns, replies, rows
from mms.lists.audience import upload_of_cells
from mms.lists.conditions import ANOTHER_TRY
from mms.recipients import Upload
from mms.states import WENT_OUT, RowState

_CHUNK = 20_000


class CampaignGroup(StrEnum):
    """Which people of a campaign."""

    EVERYBODY = "everybody"
    ARRIVED = "arrived"
    ANOTHER_TRY = "another_try"
    REPLIED = "replied"
    NO_REPLY = "no_reply"


@dataclass(frozen=True, slots=True)
class CampaignPeople:
    """Rows of a campaign as they were uploaded, and the column with the numbers."""

    upload: Upload
    name: str
    phone_column: str | None


def count_campaign_people(connection: Connection, campaign_id: int, group: CampaignGroup) -> int:
    """How many rows of the campaign's file are in the group."""
    query = select(func.count()).where(rows.c.campaign_id == campaign_id, _GROUPS[group]())
    return int(connection.execute(query).scalar_one())


def people_who_stay(connection: Connection, campaign_id: int, since: float) -> CampaignPeople:
    """Who got this message of a series and has written nothing since the series began, at `since`.

    Raises:
        CampaignError: as `campaign_people`.
    """
    wrote = exists().where(replies.c.sender == rows.c.recipient, replies.c.at >= since)
    return _people(connection, campaign_id, and_(rows.c.state.in_(WENT_OUT), not_(wrote)))


def campaign_people(connection: Connection, campaign_id: int, group: CampaignGroup) -> CampaignPeople:
    """The group's rows.

    Raises:
        CampaignError: codes `no_such_campaign`, `nobody`; `upload_gone` when its people are no longer kept.
    """
    return _people(connection, campaign_id, _GROUPS[group]())


def _people(connection: Connection, campaign_id: int, which: ColumnElement[bool]) -> CampaignPeople:
    """Rows of a campaign.

    Raises:
        CampaignError: codes `no_such_campaign`, `nobody`; `upload_gone` when its people are no longer kept.
    """
    first = connection.execute(
        select(campaigns.c.name, campaigns.c.columns, campaigns.c.phone_column, campaigns.c.purged_at).where(
            campaigns.c.id == campaign_id
        )
    ).one_or_none()
    if first is None:
        raise CampaignError("There is no such campaign. Choose another one.", code="no_such_campaign")
    if first.purged_at is not None:
        raise CampaignError(
            "The people of this campaign are no longer kept. Choose another campaign, or upload its file again.",
            code="upload_gone",
        )
    query = select(rows.c.cells).where(rows.c.campaign_id == campaign_id, which).order_by(rows.c.row_number)
    width = len(first.columns)
    columns: list[list[str]] = [[] for _ in first.columns]
    for text in connection.execution_options(yield_per=_CHUNK).execute(query).scalars():
        cells = json.loads(text)
        for values, cell in zip(columns, [*cells, *[""] * width], strict=False):
            values.append(cell)
    if not columns or not columns[0]:
        raise CampaignError("Nobody of that campaign is in this group. Choose another group.", code="nobody")
    upload = upload_of_cells(f"From {first.name}", tuple(first.columns), columns)
    return CampaignPeople(upload, first.name, first.phone_column)


def _wrote_back() -> ColumnElement[bool]:
    """An answer to this campaign; STOP, START and HELP are none."""
    return exists().where(replies.c.row_id == rows.c.id, replies.c.keyword.is_(None))


def _failed_for_now() -> ColumnElement[bool]:
    did_not = rows.c.state.in_((RowState.FAILED, RowState.UNDELIVERED, RowState.REFUSED))
    return and_(did_not, rows.c.error_code.in_(ANOTHER_TRY))


_GROUPS: Mapping[CampaignGroup, Callable[[], ColumnElement[bool]]] = {
    CampaignGroup.EVERYBODY: lambda: literal(True),
    CampaignGroup.ARRIVED: lambda: rows.c.state.in_(WENT_OUT),
    CampaignGroup.ANOTHER_TRY: _failed_for_now,
    CampaignGroup.REPLIED: _wrote_back,
    CampaignGroup.NO_REPLY: lambda: and_(rows.c.state.in_(WENT_OUT), not_(_wrote_back())),
}
