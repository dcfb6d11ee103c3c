"""Starts and restarts runs, and keeps them alive: everything that knows DBOS, processes and locks.

For entrances:

* `ensure_worker(settings)`   start a worker process for this data folder, detached, unless one is alive
* `worker_alive(settings)`    whether one is
* `run_worker(settings, account_for, jobs=..., stay=...)`   be the worker (`python -m mms worker`)

Entrances never start runs: the worker looks into the ledger every 0.3 s. Only `run_worker` imports DBOS.
"""

from mms.delivery.engine.worker_process import ensure_worker, worker_alive

__all__ = ["ensure_worker", "worker_alive"]
