"""Posts events to other programs' addresses, signed so that they can tell who wrote (standardwebhooks.com).

`posting` carries them, `signing` says what receivers check, `backoff` when one is tried again, `target_address` which
addresses fit. What is to be posted stands in the ledger of whoever calls: a room like `mms.notices`.
"""
