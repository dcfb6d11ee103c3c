"""No one too often: so many messages in so many days to one person, over all campaigns. Off until an admin sets it.

Asked in the launch's transaction, so that two campaigns at once cannot both be a person's third.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, Select, and_, func, or_, select

from mms.campaigns.launch.repeat_check import MAY_HAVE_GONE_OUT
from mms.errors import MmsError
from mms.ledger import Ledger
from mms.ledger.audit import note
from mms.ledger.options import option, set_option
from mms.ledger.tables import campaigns, rows
from mms.roles import Permission, User, require
from mms.states import CampaignKind, CampaignState, RowState

OPTION = "frequency_cap"
ADVISED = (3, 1)
"""Three in 24 hours: the limit of the Florida and Oklahoma telephone solicitation acts."""

_DAY = 86_400.0
_STILL_SENDING = (
    CampaignState.SCHEDULED,
    CampaignState.RUNNING,
    CampaignState.WAITING,
    CampaignState.PAUSED,
    CampaignState.STOPPED,
)


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """At most `messages` to one person in `days`."""

    messages: int
    days: int

    @property
    def sentence(self) -> str:
        """Why a row is left out."""
        return f"This person got {self.messages} messages in {self.days} days already, or is about to."


def frequency_cap(connection: Connection) -> FrequencyCap | None:
    """The cap that is in force; None without one."""
    stored = option(connection, OPTION, None)
    return FrequencyCap(int(stored["messages"]), int(stored["days"])) if stored else None


def set_frequency_cap(ledger: Ledger, cap: FrequencyCap | None, *, by: User) -> None:
    """Put another cap, or none, in force. Raises NotAllowed, and MmsError: code `frequency_cap` for less than one."""
    require(by, Permission.CHANGE_SETTINGS)
    if cap and (cap.messages < 1 or cap.days < 1):
        raise MmsError("Allow at least one message in at least one day, or no limit at all.", code=OPTION)
    with ledger.write() as connection:
        now = ledger.now(connection)
        stored = {"messages": cap.messages, "days": cap.days} if cap else None
        set_option(connection, OPTION, stored, at=now, by=by.name)
        note(connection, by.name, "frequency_cap.change", at=now, detail=stored)


def people_at_the_cap(cap: FrequencyCap, mode: str, *, now: float, but: int | None = None) -> Select[tuple[str]]:
    """Numbers to which one more message would be too many: what went out lately, and what campaigns still will send.

    `but` is the campaign that is being launched; its own rows do not count.
    """
    since = now - cap.days * _DAY
    lately = and_(
        rows.c.state.in_(MAY_HAVE_GONE_OUT),
        func.coalesce(rows.c.sent_at, rows.c.claimed_at, rows.c.updated_at) >= since,
    )
    to_come = and_(rows.c.state == RowState.READY, campaigns.c.state.in_(_STILL_SENDING))
    return (
        select(rows.c.recipient)
        .join(campaigns, campaigns.c.id == rows.c.campaign_id)
        .where(
            campaigns.c.mode == mode,
            campaigns.c.kind == CampaignKind.CAMPAIGN,
            campaigns.c.id != (but or 0),
            rows.c.recipient.is_not(None),
            or_(lately, to_come),
        )
        .group_by(rows.c.recipient)
        .having(func.count() >= cap.messages)
    )


def count_at_the_cap(connection: Connection, numbers: frozenset[str], mode: str, now: float) -> int:
    """How many of these numbers a launch now would leave out."""
    cap = frequency_cap(connection)
    if cap is None:
        return 0
    found = connection.execute(people_at_the_cap(cap, mode, now=now)).scalars().all()
    return len(numbers.intersection(str(number) for number in found))
