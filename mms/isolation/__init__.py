"""What strangers made is decoded in a short-lived process of its own, under limits; its death is one sentence.

* `limits`   how much memory and time one decoding may take, and how a process limits itself
* `running`  `run`: a task in such a process, or here, where this process is itself one (the command line)
* `process`  the process, seen from outside: started, fed, watched, killed
* `child`    the process, seen from inside
* `frames`   what goes to and fro: JSON and bytes, never anything that could run
* `turns`    one decoding a person at a time
"""

from mms.isolation.limits import BROKE, MEMORY, TIME, Died, Limits
from mms.isolation.running import (
    Decoder,
    NeedsOwnProcess,
    Task,
    decode_here,
    decodes_here,
    kept_ready,
    limited,
    require_own_process,
    run,
)

__all__ = [
    "BROKE",
    "MEMORY",
    "TIME",
    "Decoder",
    "Died",
    "Limits",
    "NeedsOwnProcess",
    "Task",
    "decode_here",
    "decodes_here",
    "kept_ready",
    "limited",
    "require_own_process",
    "run",
]
