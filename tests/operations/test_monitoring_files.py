"""Dashboard and alert rules name only what `/metrics` has; and the operator's table names all of ours."""

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, text
from test_metrics import _queue

from mms.ledger import open_ledger
from mms.ledger.tables import periodic_work, rows
from mms.operations.backup_time import note_backup
from mms.operations.metrics import Metrics
from mms.settings import settings_from

DEPLOY = Path(__file__).parents[2] / "deploy" / "monitoring"
DEPLOY_GUIDE = Path(__file__).parents[2] / "docs" / "deploy.md"
_NAME = re.compile(r"\b(?:mms|process)_[a-z_]+\b")
_OF_PROMETHEUS = {"up"}


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """Every sample's name, with everything set up that makes one appear."""
    settings = settings_from({"MMS_DATA_DIR": str(tmp_path_factory.mktemp("data")), "MMS_MONTHLY_BUDGET": "100"})
    ledger = open_ledger(settings)
    now = _queue(ledger, 2)
    note_backup(ledger)
    with ledger.write() as connection:
        connection.execute(rows.update().where(rows.c.id == 1).values(state="accepted", sent_at=now))
        connection.execute(text("UPDATE mms_campaigns SET kind = 'campaign' WHERE id = 1"))
        connection.execute(
            insert(periodic_work).values(account_sid="AC0", name="receipts", started_at=now, next_at=now + 1)
        )
    metrics = Metrics(ledger, settings=settings, version="1.2.3")
    metrics.calls.labels("/send-mms", "200").observe(0.1)
    metrics.callbacks.labels("applied").inc()
    metrics.replies.labels("stop").inc()
    found = {
        sample.name: sample.labels
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }
    ledger.close()
    return found


def expressions():
    board = json.loads((DEPLOY / "grafana-dashboard.json").read_text("utf-8"))
    yield from (target["expr"] for panel in board["panels"] for target in panel["targets"])
    yield from re.findall(r"^\s+expr: (.*)$", (DEPLOY / "alerts.yaml").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("expression", list(expressions()))
def test_expression_names_what_is_there(known, expression):
    names = set(_NAME.findall(expression))
    assert names <= set(known), expression
    assert names or "up{" in expression
    for name, labels in re.findall(r"((?:mms|process)_[a-z_]+)\{([^}]*)\}", expression):
        assert set(re.findall(r"(\w+)=", labels)) <= {*known[name], "le"}, expression


def test_the_operators_table_names_everything_and_nothing_else(known):
    table = DEPLOY_GUIDE.read_text("utf-8").split("| Metric |")[1].split("\n\n")[0]
    named = set(re.findall(r"`(mms_[a-z_]+)`", table))
    ours = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in known if name.startswith("mms_")}
    assert named == {name if name in named else f"{name}_total" for name in ours}


def test_no_number_is_a_label(known):
    assert not [labels for labels in known.values() if any(re.search(r"\+\d{6}", value) for value in labels.values())]
