"""Metrics count what the ledger holds."""

from prometheus_client.parser import text_string_to_metric_families

from mms.campaigns.single_message import SingleMessage, queue_single
from mms.ledger.tables import rows
from mms.operations.backup import back_up
from mms.operations.metrics import LedgerCollector, Metrics

SENDER = {"sender": "…0006", "mode": "practice"}


def _queue(ledger, count):
    with ledger.write() as connection:
        now = ledger.now(connection)
        for number in range(count):
            message = SingleMessage(
                recipient="+12025550123",
                body="x",
                media_urls=(),
                sender_address="+15005550006",
                account_sid="AC" + "0" * 32,
                mode="practice",
                kind="api",
                request_key=str(number),
            )
            queue_single(connection, now, message)
        return now


def _value(metrics, name, **labels):
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return sample.value
    return None


def test_counts_by_state_and_code(ledger):
    now = _queue(ledger, 5)
    with ledger.write() as connection:
        ids = list(connection.execute(rows.select().order_by(rows.c.id)).scalars())
        for row_id, values in zip(
            ids,
            (
                {"state": "undelivered", "error_code": 30005, "sent_at": now - 5},
                {"state": "accepted", "sent_at": now - 30},
                {"state": "unknown"},
                {"state": "sending"},
            ),
            strict=False,
        ):
            connection.execute(rows.update().where(rows.c.id == row_id).values(**values))
    metrics = Metrics(ledger)
    assert _value(metrics, "mms_rows", state="undelivered", code="30005", mode="practice") == 1
    assert _value(metrics, "mms_rows", state="ready", code="", mode="practice") == 1
    assert _value(metrics, "mms_queue_depth", **SENDER) == 1
    assert 0 <= _value(metrics, "mms_oldest_waiting_seconds", **SENDER) < 60
    assert _value(metrics, "mms_unknown", mode="practice") == 1
    assert _value(metrics, "mms_unknown", mode="live") == 0
    assert _value(metrics, "mms_pace", **SENDER) == 2 / 60
    assert 30 <= _value(metrics, "mms_receipt_lag_seconds", mode="practice") < 90


def test_messages_that_carriers_leave_at_sent_are_no_lag(ledger):
    now = _queue(ledger, 1)
    with ledger.write() as connection:
        connection.execute(rows.update().values(state="sent", sent_at=now - 3_600))
    assert _value(Metrics(ledger), "mms_receipt_lag_seconds", mode="practice") == 0


def test_empty_ledger_has_its_metrics_too(ledger):
    metrics = Metrics(ledger)
    assert _value(metrics, "mms_unknown", mode="live") == 0
    assert _value(metrics, "mms_receipt_lag_seconds", mode="live") == 0
    assert _value(metrics, "mms_worker_up") == 0


def test_mode_version_pace_disk_and_backup(ledger, settings):
    _queue(ledger, 1)
    metrics = Metrics(ledger, settings=settings, worker_alive=lambda: True, version="9.9")
    assert _value(metrics, "mms_build_info", mode="practice", version="9.9") == 1
    assert _value(metrics, "mms_pace_asked", **SENDER) == 1, "a long code"
    assert _value(metrics, "mms_worker_up") == 1
    assert 0 < _value(metrics, "mms_disk_free_bytes") <= _value(metrics, "mms_disk_bytes")
    assert _value(metrics, "mms_backup_age_seconds") is None
    back_up(settings, settings.data_dir / "copy.zip")
    assert _value(Metrics(ledger, settings=settings), "mms_backup_age_seconds") < 600


def test_two_scrapes_within_ten_seconds_count_once(ledger):
    now = [0.0]
    collector = LedgerCollector(ledger, clock=lambda: now[0])
    first = {family.name: family.samples for family in collector.collect()}
    _queue(ledger, 1)
    now[0] = 9.9
    assert {family.name: family.samples for family in collector.collect()} == first
    now[0] = 10.0
    assert {family.name: family.samples for family in collector.collect()} != first
