"""The separator of the file that a campaign was made of: who uploads semicolons has an Excel that wants them back."""

from sqlalchemy import Connection, select

from mms.ledger.tables import campaigns, uploads
from mms.recipients.read.csv_reader import SEPARATOR_NAMES

_KIND = "separator"
_OF_EXCEL = (";", "\t")  # others are not what a spreadsheet writes by itself
COMMA = ","


def separator_of_upload(connection: Connection, campaign_id: int) -> str:
    """A comma for workbooks, for lists that came another way, and where the upload is gone."""
    query = (
        select(uploads.c.repairs)
        .join(campaigns, campaigns.c.upload_id == uploads.c.id)
        .where(campaigns.c.id == campaign_id)
    )
    repairs = connection.execute(query).scalar_one_or_none() or []
    names = {repair["example"] for repair in repairs if repair["kind"] == _KIND}
    return next((one for one in _OF_EXCEL if SEPARATOR_NAMES[one] in names), COMMA)
