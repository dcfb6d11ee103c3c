"""Receipts by shuffled, doubled and lost callbacks, then polling, against the practice Twilio: every row is compared.

python -m benchmarks.receipts [--messages 10000]
"""

import argparse
import json
import random
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from sqlalchemy import bindparam, select, update

from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.ledger import Ledger
from mms.ledger.schema import migrate
from mms.ledger.tables import rows
from mms.practice.testing import PracticeProcess
from mms.receipts import AccountLog, poll_due, record_callbacks, sweep_early
from mms.states import FROM_TWILIO
from mms.twilio_client import Account, ProviderMessage

_BATCH = 200  # callbacks that a busy web server puts into one transaction
_IN_FLIGHT = 16


def main() -> None:
    """Send, lose callbacks, poll, compare. Exits with 1 when a single row differs."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=10_000)
    options.add_argument("--database", default="", help="PostgreSQL URL of an empty database; else SQLite")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, PracticeProcess(Path(folder, "twilio"), time_scale=0) as twilio:
        at = twilio.address
        account = Account(at.base_url, at.account_sid, at.account_sid, at.auth_token)
        ledger = Ledger(given.database or f"sqlite:///{Path(folder, 'mms.db').as_posix()}")
        migrate(ledger)
        campaign_id = _campaign(ledger, account, at.phone_number, given.messages)
        numbers = [f"+1212{number:07}" for number in range(2_000_000, 2_000_000 + given.messages)]
        sids = _send(account, at.phone_number, numbers)
        truth = _truth(account, at.phone_number)
        callbacks = _callbacks(truth)
        # Half of the callbacks are there before the answers are recorded.
        _timed("callbacks before the SIDs are recorded", lambda: _record(ledger, callbacks[: len(callbacks) // 2]))
        _adopt(ledger, campaign_id, sids)
        _timed("early ones applied", lambda: sweep_early(ledger))
        _timed("callbacks after it", lambda: _record(ledger, callbacks[len(callbacks) // 2 :]))
        print(f"differ without polling: {_different(ledger, truth):,} of {len(truth):,}")
        requests = _timed("polling", lambda: _poll(ledger, account))
        different = _different(ledger, truth)
        print(f"requests of polling: {requests}; differ after it: {different:,} of {len(truth):,}")
        ledger.close()
    raise SystemExit(1 if different or len(truth) < given.messages * 0.9 else 0)


def _campaign(ledger: Ledger, account: Account, sender: str, count: int) -> int:
    new = NewCampaign(
        request_key=uuid.uuid4().hex,
        name="Receipts",
        body="Hello",
        media_urls=(),
        columns=("phone",),
        phone_column="phone",
        sender_address=sender,
        account_sid=account.account_sid,
        mode="practice",
        content_hash="receipts",
    )
    return launch(ledger, new, (PlannedRow(n + 2, json.dumps([""]), None) for n in range(count)))


def _send(account: Account, address: str, numbers: Sequence[str]) -> list[str]:
    """The SIDs of what Twilio took, in order."""
    url = f"{account.base_url}/2010-04-01{account.messages_uri}"
    own = threading.local()

    def one(number: str) -> str | None:
        if not hasattr(own, "session"):
            own.session = requests.Session()
            own.session.trust_env = False  # a proxy of the environment cannot reach this computer
        form = {"To": number, "From": address, "Body": "Hello", "MediaUrl": "https://example.com/a.jpg"}
        answer = own.session.post(url, data=form, auth=(account.username, account.secret), timeout=30)
        return str(answer.json()["sid"]) if answer.status_code == 201 else None

    with ThreadPoolExecutor(_IN_FLIGHT) as threads:
        return [sid for sid in threads.map(one, numbers) if sid]


def _truth(account: Account, sender: str) -> dict[str, ProviderMessage]:
    """All that the provider knows, by SID, once everything is settled."""
    log = AccountLog(account)
    found: dict[str, ProviderMessage] = {}
    uri: str | None = None
    while True:
        page = log.page({"From": sender}, uri)
        found |= {message.sid: message for message in page.messages if message.direction == "outbound-api"}
        uri = page.next_page_uri
        if uri is None:
            return found


def _callbacks(truth: dict[str, ProviderMessage]) -> list[dict[str, str]]:
    """Each status of each message: one in five lost, one in five twice, all shuffled."""
    chance = random.Random(6)
    told: list[dict[str, str]] = []
    for message in truth.values():
        for status in dict.fromkeys(("queued", "sent", message.status)):
            if status == "sent" and message.status == "failed":
                continue
            form = {"MessageSid": message.sid, "MessageStatus": status, "To": message.to}
            if status == message.status and message.error_code:
                form["ErrorCode"] = str(message.error_code)
            told += [form] * chance.choice((0, 1, 1, 1, 2))
    chance.shuffle(told)
    return told


def _record(ledger: Ledger, callbacks: Sequence[dict[str, str]]) -> int:
    effects: Counter[str] = Counter()
    for start in range(0, len(callbacks), _BATCH):
        effects.update(record_callbacks(ledger, [(form, None) for form in callbacks[start : start + _BATCH]]))
    print(f"  {len(callbacks):,} callbacks: {dict(effects)}")
    return len(callbacks)


def _adopt(ledger: Ledger, campaign_id: int, sids: Sequence[str]) -> None:
    """What the sender writes when Twilio has answered."""
    with ledger.write() as connection:
        now = ledger.now(connection)
        query = select(rows.c.id).where(rows.c.campaign_id == campaign_id).order_by(rows.c.row_number)
        ids = list(connection.execute(query).scalars())
        values = {"state": "accepted", "message_sid": bindparam("sid"), "provider_status": "queued", "sent_at": now}
        connection.execute(
            update(rows).where(rows.c.id == bindparam("row")).values(values),
            [{"row": row, "sid": sid} for row, sid in zip(ids, sids, strict=False)],
        )


def _poll(ledger: Ledger, account: Account) -> int:
    """Two looks, an hour apart on the ledger's clock."""
    with ledger.read() as connection:
        now = ledger.now(connection)
    looks = (poll_due(ledger, AccountLog(account), account.account_sid, now=now + later) for later in (60, 3600))
    return sum(look.requests for look in looks)


def _different(ledger: Ledger, truth: dict[str, ProviderMessage]) -> int:
    query = select(rows.c.message_sid, rows.c.state, rows.c.error_code, rows.c.price)
    with ledger.read() as connection:
        ours = {sid: tuple(rest) for sid, *rest in connection.execute(query.where(rows.c.message_sid.is_not(None)))}
    theirs = {sid: (FROM_TWILIO[one.status].value, one.error_code, one.price) for sid, one in truth.items()}
    return sum(ours.get(sid) != said for sid, said in theirs.items())


def _timed(name: str, work: Callable[[], int]) -> int:
    began = time.perf_counter()
    result = work()
    print(f"{name:45} {time.perf_counter() - began:8.3f} s")
    return result


if __name__ == "__main__":
    main()
