"""What became of each message, for pages, command line and API: reads the ledger, decides nothing.

* `overview`     counts of one campaign, and what `show --json` prints
* `campaigns`    the list of campaigns
* `row_table`    a campaign's rows, one screen at a time; `row_story` tells one row's whole way
* `report`       the report as CSV or XLSX; `report_lines` is what stands in it
* `selection`    a new list out of some rows
* `summary`      one printable page with charts
* `failures`     why messages did not arrive; `timeline` when; `progress` how fast, and what is waited for
* `figures`      delivery rate, failures by family, cost, opt-outs and time to deliver; `alarms` watch over them,
                 `comparison` is their table as a file
* `cost`         forecast and actual, from the editable table of `prices`
* `person`       one number's history; `dead_list` the numbers that can never get a message
* `plain_words`  why a row stands where it stands, in a sentence
"""

from mms.reports.campaign.overview import campaign_counts, show
from mms.reports.campaign.row_filter import RowFilter
from mms.reports.campaign.row_table import RowOrder, RowView, row_page
from mms.reports.comparison.campaign_list import CampaignFilter, CampaignView, campaign_list

__all__ = [
    "CampaignFilter",
    "CampaignView",
    "RowFilter",
    "RowOrder",
    "RowView",
    "campaign_counts",
    "campaign_list",
    "row_page",
    "show",
]
