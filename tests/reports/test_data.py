"""Data that leaves: the same tables as DataFrames and as files, masked unless asked for, nothing lost on the way."""

import csv
import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from mms import data
from mms.errors import MmsError
from mms.ledger.tables import replies, rows
from mms.links.clicks import Click, record_clicks
from mms.links.visitors import Who
from mms.reports.data.read import _BATCH
from mms.reports.data.tables import SCHEMA_VERSION, TABLES

ROOT = Path(__file__).parents[2]
ANN = "+12025550101"


@pytest.fixture
def sent(ledger, make_campaign, add_attempts):
    """A campaign with a delivered row, one that failed, one left out; a receipt and a reply. Its number."""
    campaign_id = make_campaign(
        [
            (
                ["202-555-0101", "=1+1"],
                {"recipient": ANN, "state": "delivered", "sent_at": 10.5, "updated_at": 12.25, "price": "-0.02200"},
            ),
            (["202-555-0102", "Bob"], {"recipient": "+12025550102", "state": "failed", "error_code": 30007}),
            (["x", ""], {"state": "skipped", "reason": "not_mended", "problem": "has_letters"}),
        ],
        tags=("spring", "vip"),
    )
    add_attempts(
        campaign_id,
        2,
        {"at": 10.0, "event": "asked"},
        {"at": 10.5, "event": "accepted", "status": "queued"},
        {"at": 12.25, "event": "receipt", "status": "delivered"},
    )
    with ledger.write() as connection:
        values = {"message_sid": "SM1", "sender": ANN, "address": "+1", "body": f"call {ANN}", "at": 20.0}
        connection.execute(replies.insert().values(campaign_id=campaign_id, **values))
        row_id = connection.execute(rows.select().where(rows.c.campaign_id == campaign_id)).first().id
    record_clicks(ledger, [Click(campaign_id, row_id, 0, Who.PERSON, "iphone")])
    return campaign_id


def test_frames_are_typed_and_masked(ledger, sent):
    rows = data.rows(sent, ledger=ledger)
    assert list(rows["part"]) == ["delivered", "not_arrived", "left_out"]
    assert ANN not in rows.to_csv()
    assert rows["cells"].isna().all()
    assert list(rows["error_code"].dropna()) == [30007]
    assert str(rows["delivered_at"][0]) == "1970-01-01 00:00:12.250000+00:00"
    assert rows["price"][0] == 0.022
    assert ANN not in data.replies(sent, ledger=ledger).to_csv()


def test_numbers_are_there_when_asked_for(ledger, sent):
    rows = data.rows(sent, numbers=True, ledger=ledger)
    assert rows["to"][0] == ANN
    assert json.loads(rows["cells"][0]) == {"Mobile": "202-555-0101", "First Name": "=1+1"}
    assert data.replies(sent, numbers=True, ledger=ledger)["text"][0] == f"call {ANN}"


def test_visits_of_links_name_their_row_and_nobody(ledger, sent):
    (line,) = data.clicks(sent, ledger=ledger).to_dict("records")
    assert (line["row"], line["link"], line["who"], line["device"]) == (2, 1, "person", "iphone")


def test_events_and_receipts_are_told_apart(ledger, sent):
    assert list(data.attempts(sent, ledger=ledger)["event"]) == ["asked", "accepted"]
    assert list(data.receipts(sent, ledger=ledger)["status"]) == ["delivered"]


def test_campaigns_have_the_counts_of_the_pages(ledger, sent):
    line = data.campaigns(ledger=ledger).iloc[0]
    assert (line["in_the_list"], line["handed_over"], line["delivered"], line["left_out"]) == (3, 2, 1, 1)
    assert (line["tags"], line["charged"]) == ("spring|vip", 0.022)


@pytest.mark.parametrize("form", data.FORMATS)
def test_export_and_frames_say_the_same(ledger, sent, make_campaign, tmp_path, form):
    make_campaign([(["1", ""], {})], name="Another")
    counts = data.export(ledger, tmp_path / "out", campaign_ids=[sent], form=form)
    assert counts == {"campaigns": 1, "rows": 3, "attempts": 2, "receipts": 1, "replies": 1, "clicks": 1}
    for name in TABLES:
        path = tmp_path / "out" / f"{name}.{form}"
        found = pq.read_table(path).to_pandas() if form == "parquet" else pd.read_csv(path)
        assert list(found.columns) == [column for column, _kind, _meaning in TABLES[name]]
        assert len(found) == counts[name]
    assert data.export(ledger, tmp_path / "all", form=form)["rows"] == 4


def test_parquet_carries_version_and_meaning(ledger, sent, tmp_path):
    data.export(ledger, tmp_path)
    schema = pq.read_schema(tmp_path / "rows.parquet")
    assert schema.metadata[b"mms_schema_version"] == str(SCHEMA_VERSION).encode()
    assert all(field.metadata[b"meaning"] for field in schema)
    assert pq.read_table(tmp_path / "rows.parquet").equals(data.table("rows", numbers=True, ledger=ledger))


def test_no_cell_of_the_csv_runs_as_a_formula(ledger, make_campaign, tmp_path):
    make_campaign([(["1", ""], {"reason": "=1+1", "recipient": ANN})])
    data.export(ledger, tmp_path, form="csv")
    with (tmp_path / "rows.csv").open(newline="") as file:
        (line,) = csv.DictReader(file)
    assert (line["reason"], line["to"]) == ("'=1+1", ANN)


def test_more_rows_than_a_batch_are_all_there_once(ledger, make_campaign):
    campaign_id = make_campaign([(["1", ""], {})] * 3)
    values = ", ".join(f"'{column}'" for column in ("[]", "sent"))
    with ledger.write() as connection:
        connection.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM n WHERE i < :last) INSERT INTO mms_rows "
                f"(campaign_id, row_number, cells, state, updated_at) SELECT :campaign, i, {values}, 1 FROM n"
            ),
            {"campaign": campaign_id, "last": _BATCH + 4},
        )
    numbers = data.table("rows", campaign_id, ledger=ledger)["row"].to_pylist()
    assert numbers == list(range(2, _BATCH + 5))


def test_another_table_or_format_is_refused_in_words(ledger, tmp_path):
    with pytest.raises(MmsError, match="There are: campaigns, rows"):
        data.table("clicks!", ledger=ledger)
    with pytest.raises(MmsError, match="parquet, csv"):
        data.export(ledger, tmp_path, form="xlsx")


def test_view_for_bi_tools_says_what_the_export_says(ledger, sent):
    if ledger.is_sqlite:
        pytest.skip("the view is PostgreSQL's; SQLite exports")
    with ledger.read() as connection:
        found = connection.execute(text("SELECT * FROM mms_results ORDER BY row_number")).mappings().all()
    assert [one["result"] for one in found] == ["delivered", "failed", "skipped"]
    assert (float(found[0]["price"]), found[0]["delivered_at"].timestamp()) == (0.022, 12.25)


def test_schema_is_in_the_guide():
    guide = (ROOT / "docs" / "data.md").read_text("utf-8")
    columns = {(name, column) for name, table in TABLES.items() for column, _kind, _meaning in table}
    assert [one for one in sorted(columns) if f"`{one[1]}`" not in guide] == []
    assert f"version {SCHEMA_VERSION}" in guide


def test_sample_notebook_runs(ledger, sent, monkeypatch):
    monkeypatch.setattr(data, "_ledger", lambda: ledger)
    cells = json.loads((ROOT / "docs" / "analysis.ipynb").read_text("utf-8"))["cells"]
    names: dict[str, object] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert names["arrived"].loc["Spring sale", "handed_over"] == 2
