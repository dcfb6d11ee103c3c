"""What may be the SID of a message."""

import re

_SID = re.compile(r"[0-9A-Za-z_-]{2,34}")  # Twilio: SM or MM and 32 hexadecimal digits; other servers make their own


def is_message_sid(value: object) -> bool:
    """Whether it can be kept in the ledger and asked for by its address."""
    return isinstance(value, str) and _SID.fullmatch(value) is not None
