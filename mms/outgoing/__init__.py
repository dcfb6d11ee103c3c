"""Posts events to other programs' addresses, signed so that they can tell who wrote (standardwebhooks.com).

What is to be posted, and again after a failure, stands in the ledger of whoever calls: a room like `mms.notices`.
"""

from mms.outgoing.backoff import GIVE_UP_AFTER, pause_after
from mms.outgoing.posting import Outcome, Post, PostResult, post_all
from mms.outgoing.signing import event_body, secret_of, signature_headers
from mms.outgoing.target_address import require_target

__all__ = [
    "GIVE_UP_AFTER",
    "Outcome",
    "Post",
    "PostResult",
    "event_body",
    "pause_after",
    "post_all",
    "require_target",
    "secret_of",
    "signature_headers",
]
