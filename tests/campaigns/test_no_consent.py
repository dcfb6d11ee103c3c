"""Who said no in the list is in the campaign with that reason, and is never offered to Twilio."""

from mms.campaigns.launch.submission import LeftOut, planned_rows
from mms.campaigns.pictures.media_check import NOTHING_FOUND
from mms.recipients import check, read_upload


def test_people_who_said_no_are_skipped_with_the_reason():
    checked = check(read_upload(b"Mobile,SMS opt-in\n415-200-8871,no\n212-231-7764,yes\n"))
    rows = list(planned_rows(checked, NOTHING_FOUND, LeftOut()))

    assert [(row.state.value, row.reason and row.reason.value) for row in rows] == [
        ("skipped", "no_consent"),
        ("ready", None),
    ]
