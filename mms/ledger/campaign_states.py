"""The only place that writes `mms_campaigns`. The table of moves is asked in each statement.

`move_campaign` is for what happens by itself: it gives way to a person who has paused or cancelled meanwhile.
`command_campaign` is a person's word and changes what is wanted.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, delete, insert, update

from mms.ledger.tables import campaigns
from mms.states import CAMPAIGN_MOVES, CampaignState, Reason, ReasonCode, Want

_STATE_COLUMNS = frozenset({"id", "state", "want", "reason", "reason_code"})
"""What only a move, a person's word or an explanation may write."""


def add_campaign(connection: Connection, **columns: Any) -> int:
    """A new campaign, still being written (`draft`): nothing is sent of it; returns its number."""
    values = {**columns, "state": CampaignState.DRAFT.value, "want": Want.RUN.value}
    return int(connection.execute(insert(campaigns).values(**values).returning(campaigns.c.id)).scalar_one())


def forget_campaign(connection: Connection, campaign_id: int) -> None:
    """Remove a campaign that was never let go."""
    is_draft = campaigns.c.state == CampaignState.DRAFT
    connection.execute(delete(campaigns).where(campaigns.c.id == campaign_id, is_draft))


def move_campaign(
    connection: Connection,
    campaign_id: int,
    to: CampaignState,
    *,
    code: ReasonCode | None = None,
    reason: str | None = None,
    **values: Any,
) -> bool:
    """Move to a state that may follow; False when a person was faster (paused, cancelled) or it is no move.

    `values` are further columns that change with the state.
    """
    wanted = _move(campaign_id, to).where(campaigns.c.want == Want.RUN)
    return _moved(connection, wanted, to, code, reason, **values)


def command_campaign(
    connection: Connection,
    campaign_id: int,
    to: CampaignState,
    want: Want,
    *,
    code: ReasonCode | None = None,
    reason: str | None = None,
    only_for: Reason | None = None,
    **values: Any,
) -> bool:
    """A person's word; False when it is no move, or the campaign stands for another reason than `only_for`."""
    statement = _move(campaign_id, to)
    if only_for is not None:
        statement = statement.where(campaigns.c.reason_code == only_for)
    return _moved(connection, statement, to, code, reason, want=want.value, **values)


def explain_campaign(connection: Connection, campaign_id: int, code: ReasonCode | None, reason: str | None) -> None:
    """Say beside the state what the campaign is doing; the state stays."""
    connection.execute(
        update(campaigns)
        .where(campaigns.c.id == campaign_id, campaigns.c.want == Want.RUN)
        .where(campaigns.c.reason_code.is_distinct_from(code))
        .values(reason_code=_text(code), reason=reason)
    )


def reword(connection: Connection, campaign_id: int, state: CampaignState, code: Reason, reason: str) -> None:
    """Say the same reason in newer words: how far it is, how many are left."""
    this = (campaigns.c.id == campaign_id) & (campaigns.c.state == state) & (campaigns.c.reason_code == code)
    connection.execute(update(campaigns).where(this).values(reason=reason))


def pause_for(connection: Connection, which: ColumnElement[bool], code: Reason, reason: str) -> None:
    """Pause every campaign of `which` that may be paused, and give those that are the newer reason."""
    values = {"want": Want.PAUSE.value, "reason_code": code.value, "reason": reason}
    may_pause = campaigns.c.state.in_((*_from(CampaignState.PAUSED), CampaignState.PAUSED.value))
    connection.execute(update(campaigns).where(which, may_pause).values(state=CampaignState.PAUSED.value, **values))


def change_campaign(connection: Connection, which: int | ColumnElement[bool], **values: Any) -> int:
    """Change columns beside the state, of the campaign with this number or of all of `which`; returns how many."""
    if forbidden := _STATE_COLUMNS & set(values):
        raise ValueError(f"only a move writes {', '.join(sorted(forbidden))}")
    these = campaigns.c.id == which if isinstance(which, int) else which
    return connection.execute(update(campaigns).where(these).values(**values)).rowcount


def _move(campaign_id: int, to: CampaignState) -> Update:
    return update(campaigns).where(campaigns.c.id == campaign_id, campaigns.c.state.in_(_from(to)))


def _moved(
    connection: Connection,
    statement: Update,
    to: CampaignState,
    code: ReasonCode | None,
    reason: str | None,
    **values: Any,
) -> bool:
    changed = statement.values(state=to.value, reason_code=_text(code), reason=reason, **values)
    return connection.execute(changed).rowcount == 1


def _from(to: CampaignState) -> tuple[str, ...]:
    return tuple(sorted(state for state, later in CAMPAIGN_MOVES.items() if to in later))


def _text(code: ReasonCode | None) -> str | None:
    return None if code is None else str(code)
