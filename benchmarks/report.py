"""Times and memory of what people open at 100,000 rows: report, table, counts, summary.

python -m benchmarks.report [--rows 100000]
"""

import argparse
import json
import tempfile
import time
import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import text

from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.ledger import Ledger
from mms.ledger.schema import migrate
from mms.reports import RowFilter, RowOrder, campaign_counts, row_page, show
from mms.reports.campaign.failures import failures_by_reason
from mms.reports.campaign.progress import rate_and_eta
from mms.reports.campaign.timeline import status_over_time
from mms.reports.comparison.metrics import compare
from mms.reports.files.report import write_csv, write_report
from mms.reports.files.summary import summary_html
from mms.states import RowState

_STATES = """CASE row_number % 20 WHEN 0 THEN 'failed' WHEN 1 THEN 'undelivered' WHEN 2 THEN 'skipped'
 WHEN 3 THEN 'ready' WHEN 4 THEN 'sent' ELSE 'delivered' END"""
_SENT = f"""UPDATE mms_rows SET state = {_STATES}, attempts = 1, sent_at = 1790000000 + row_number,
 updated_at = 1790000000 + row_number + row_number % 300, price = '-0.02200',
 message_sid = 'MM0000000000000000000000000' || (1000000 + row_number),
 error_code = CASE row_number % 20 WHEN 0 THEN 30007 WHEN 1 THEN 30005 END,
 reason = CASE row_number % 20 WHEN 2 THEN 'duplicate' END"""


def main() -> None:
    """Build the campaign, then time each view."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--database", default="", help="PostgreSQL URL of an empty database; else SQLite")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(given.database or f"sqlite:///{Path(folder, 'mms.db').as_posix()}")
        migrate(ledger)
        campaign_id = _campaign(ledger, given.rows)
        for name, view in _views(ledger, campaign_id, Path(folder)):
            began, used = time.perf_counter(), time.process_time()
            view()
            took, processor = time.perf_counter() - began, time.process_time() - used
            print(f"{name:45} {took:8.3f} s, {processor:8.3f} s of a processor")
        _memory(ledger, campaign_id, Path(folder))
        ledger.close()


def _campaign(ledger: Ledger, count: int) -> int:
    new = NewCampaign(
        request_key=uuid.uuid4().hex,
        name="Benchmark",
        body="Hello {First Name}",
        media_urls=(),
        columns=("Mobile", "First Name", "Last Name", "City", "Note"),
        phone_column="Mobile",
        sender_address="+12025550100",
        account_sid="AC" + "0" * 32,
        mode="practice",
        content_hash="benchmark",
    )
    planned = (PlannedRow(n, _cells(n), f"+1202{n:07}") for n in range(2, count + 2))
    campaign_id = launch(ledger, new, planned)
    with ledger.write() as connection:
        connection.execute(text(_SENT))
        for event, status, later in (("asked", None, 0), ("accepted", "queued", 1), ("receipt", "delivered", 60)):
            source = text(
                "INSERT INTO mms_attempts (row_id, campaign_id, at, event, status) SELECT id, campaign_id,"
                " 1790000000 + row_number + :later, :event, :status FROM mms_rows"
            )
            connection.execute(source, {"later": later, "event": event, "status": status})
        connection.execute(text("ANALYZE"))
    return campaign_id


def _cells(number: int) -> str:
    return json.dumps([f"(202) 555-{number:07}", f"Ann{number}", "O'Brien", "São Paulo", f"=note {number}"])


def _views(ledger: Ledger, campaign_id: int, folder: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    def reading(view: Callable[..., object], *values: object, **named: object) -> Callable[[], object]:
        def call() -> object:
            with ledger.read() as connection:
                return view(connection, *values, **named)

        return call

    chosen = RowFilter(states=(RowState.FAILED,), codes=("30007",))
    yield "report, CSV", lambda: sum(map(len, write_csv(ledger, campaign_id)))
    yield "report, XLSX", lambda: write_report(ledger, campaign_id, folder / "report.xlsx")
    yield "report of one result, CSV", lambda: sum(map(len, write_csv(ledger, campaign_id, chosen)))
    yield "counts", reading(campaign_counts, campaign_id)
    yield "show", reading(show, campaign_id)
    yield "table, first screen", reading(row_page, campaign_id)
    yield "table, last screen", reading(row_page, campaign_id, offset=99_900)
    yield "table, by result and code", reading(row_page, campaign_id, chosen)
    yield "table, sorted by time", reading(row_page, campaign_id, order=RowOrder.UPDATED, descending=True)
    yield "table, search for a name", reading(row_page, campaign_id, RowFilter(search="Ann77777"))
    yield "table, search for a number", reading(row_page, campaign_id, RowFilter(search="202 007 7777"))
    yield "failures by reason", reading(failures_by_reason, campaign_id)
    yield "status over time", reading(status_over_time, campaign_id)
    yield "rate and ETA", reading(rate_and_eta, campaign_id, 1_790_100_000.0)
    yield "figures of comparison", reading(compare, [campaign_id])
    yield "summary", lambda: summary_html(ledger, campaign_id)


def _memory(ledger: Ledger, campaign_id: int, folder: Path) -> None:
    """The most that a report holds at once; measured apart, because measuring makes it slow."""
    for name, write in (
        ("CSV", lambda: sum(map(len, write_csv(ledger, campaign_id)))),
        ("XLSX", lambda: write_report(ledger, campaign_id, folder / "again.xlsx")),
    ):
        tracemalloc.start()
        write()
        print(f"memory of the report, {name:23} {tracemalloc.get_traced_memory()[1] / 1e6:8.1f} MB")
        tracemalloc.stop()


if __name__ == "__main__":
    main()
