"""What several tests of campaigns do: check a list, launch it, look at its rows."""

from dataclasses import replace

from sqlalchemy import select

from mms.campaigns.launch.submission import Choices, check_options, repeats, send
from mms.ledger.tables import rows
from mms.recipients import check, read_upload
from mms.roles import LOCAL_ADMIN

SENDER = "+12025550199"


def checked_list(settings, ledger, text, content):
    upload = read_upload(text.encode(), file_name="list.csv")
    return check(upload, check_options(settings, ledger, senders=(SENDER,), message=content.template))


def launch(ledger, checked, content, choices=None, findings=None, mode="practice", key="key"):
    choices = choices or Choices(name="Spring", sender_address=SENDER)
    known = repeats(ledger, checked, content, mode, days=1.0).same  # a second launch in a test is meant
    return send(
        ledger,
        checked,
        content,
        replace(choices, repeat_of=frozenset(one.id for one in known)),
        account_sid="AC" + "0" * 32,
        mode=mode,
        by=LOCAL_ADMIN,
        request_key=key,
        **({"findings": findings} if findings else {}),
    )


def rows_of(ledger, campaign_id):
    with ledger.read() as connection:
        query = select(rows).where(rows.c.campaign_id == campaign_id).order_by(rows.c.row_number)
        return list(connection.execute(query))
