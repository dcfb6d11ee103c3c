"""From rows in the ledger to messages at Twilio, each exactly once: claim, keep pace, ask, record, settle.

What entrances need:

* Launching is writing rows and a campaign with state `running` (or `scheduled`) and want `run`; nothing else.
  The worker (`mms.delivery.engine`) finds the work in the ledger.
* `reconcile(ledger, campaign_id)` asks Twilio's log again about rows that stayed `unknown`.
* `awaits_decision(...)` tells whether a number is kept from messages until such a decision.
* `resolve_unknown(ledger, row_id, decision, by=...)` is a person's decision about one such row, and
  `resolve_all_unknown(ledger, campaign_id, decision, expected=..., by=...)` about all that wait for one.

Why a campaign waits or stopped is a `mms.states.Reason` in its `reason_code`, beside the words in `reason`.
"""

from mms.delivery.reconciliation.manual_resolution import (
    Decision,
    awaits_decision,
    reconcile,
    resolve_all_unknown,
    resolve_unknown,
    undecided,
)

__all__ = [
    "Decision",
    "awaits_decision",
    "reconcile",
    "resolve_all_unknown",
    "resolve_unknown",
    "undecided",
]
