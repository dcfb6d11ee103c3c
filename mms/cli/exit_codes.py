"""Exit codes of the contract."""

ALL_WENT_OUT = 0
SOME_DID_NOT = 1
USAGE = 2  # usage, file or setting; nothing was sent
STOPPED = 3  # by the provider, the account or the failure breaker
INTERRUPTED = 130  # the campaign is left paused and can be resumed
