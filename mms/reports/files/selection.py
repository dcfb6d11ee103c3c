"""A new list out of some rows of a campaign: their own columns, ready to be uploaded."""

from mms.ledger import Ledger
from mms.recipients.spreadsheet_cells import csv_bytes
from mms.reports.campaign.row_filter import RowFilter
from mms.reports.files.report_lines import ReportLines


def selection_as_upload(ledger: Ledger, campaign_id: int, chosen: RowFilter) -> bytes:
    """The chosen rows as CSV, as they were in the upload. Raises CampaignError: code `no_such_campaign`."""
    lines = ReportLines(ledger, [campaign_id], chosen)
    return csv_bytes(lines.columns, lines.cells())
