"""Whoever uploads semicolons or tabs gets them back for their Excel; programs get commas."""

import pytest

from mms.campaigns.drafts.uploads import store_upload
from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.recipients import read_upload
from mms.reports.files.report import report_bytes, write_csv
from mms.roles import LOCAL_ADMIN

ROWS = ("Name", "Phone"), ("Ann", "212-555-0123"), ("Ben", "212-555-0124")


@pytest.mark.parametrize(
    ("uploaded", "given_back"),
    [(",", ","), (";", ";"), ("\t", "\t"), ("|", ",")],
    ids=["commas", "semicolons", "tabs", "what no spreadsheet writes"],
)
def test_report_for_a_person_has_the_separator_of_the_upload(ledger, uploaded, given_back):
    upload = read_upload("\n".join(map(uploaded.join, ROWS)).encode(), file_name="list.csv")
    with ledger.write() as connection:
        upload_id = store_upload(connection, upload, at=1.0, by=LOCAL_ADMIN)
    new = NewCampaign(
        request_key="a",
        name="Spring",
        body="Hi",
        media_urls=(),
        columns=("Name", "Phone"),
        phone_column="Phone",
        sender_address="+12025550100",
        account_sid="AC" + "0" * 32,
        mode="practice",
        content_hash="a",
        upload_id=upload_id,
    )
    number = launch(ledger, new, [PlannedRow(2, '["Ann", "212-555-0123"]', "+12125550123")])
    for_a_person = report_bytes(ledger, number, "csv").decode("utf-8-sig")
    assert for_a_person.startswith(f"Name{given_back}Phone{given_back}row")
    for_a_program = b"".join(write_csv(ledger, number)).decode("utf-8-sig")
    assert for_a_program.startswith("Name,Phone,row")
