"""What can become of a row and of a campaign. Names are the contract's; a state without moves is final.

The tables of moves are asked where the ledger is written: `mms.ledger.row_states`, `mms.ledger.campaign_states`.
"""

from mms.states.campaigns import CAMPAIGN_MOVES, CampaignKind, CampaignState, Reason, ReasonCode, TwilioReason, Want
from mms.states.rows import (
    AWAITS_RECEIPT,
    FROM_TWILIO,
    OPEN_ROWS,
    ROW_MOVES,
    TWILIO_MAY_KNOW_BETTER,
    WENT_OUT,
    AttemptEvent,
    RowState,
    SkipReason,
    may_follow,
)

__all__ = [
    "AWAITS_RECEIPT",
    "CAMPAIGN_MOVES",
    "FROM_TWILIO",
    "OPEN_ROWS",
    "ROW_MOVES",
    "TWILIO_MAY_KNOW_BETTER",
    "WENT_OUT",
    "AttemptEvent",
    "CampaignKind",
    "CampaignState",
    "Reason",
    "ReasonCode",
    "RowState",
    "SkipReason",
    "TwilioReason",
    "Want",
    "may_follow",
]
