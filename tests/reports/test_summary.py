"""The summary is one file that needs nothing else, and no text in it can become markup."""

from html.parser import HTMLParser

import pytest

from mms.errors import CampaignError
from mms.reports.counts import Part
from mms.reports.files.charts import bars, columns, share_bar
from mms.reports.files.summary import COLOURS, summary_html

HOSTILE = '<script>alert("x")</script>'


class Tags(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _value in attrs] + [value for _name, value in attrs if value]

    def handle_data(self, data):
        self.words.append(data)


def test_summary_of_a_campaign(ledger, make_campaign, add_attempts):
    campaign_id = make_campaign(
        [
            (["1", "Ann"], {"state": "delivered", "sent_at": 5.0, "updated_at": 9.0, "price": "-0.02200"}),
            (["2", "Bob"], {"state": "failed", "error_code": 21610}),
        ],
        name=HOSTILE,
        sender_address="+12025550100",
        reason=HOSTILE,
        body=HOSTILE,
        media_urls=[f"https://example.com/{HOSTILE}"],
        started_at=1.0,
        finished_at=600.0,
        zone="America/New_York",
    )
    add_attempts(campaign_id, 2, {"at": 5.0, "event": "accepted", "status": "queued"})
    page = Tags(summary_html(ledger, campaign_id))
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    elsewhere = {value for value in page.attributes if "//" in value}
    assert elsewhere == {"http://www.w3.org/2000/svg"}, "a name, never fetched"
    assert not [name for name in page.attributes if name.startswith("on")]
    told = " ".join(page.words)
    assert HOSTILE in told
    assert "This person has asked you to stop texting them." in told
    assert "$0.02" in told
    assert page.tags.count("svg") == 3


def test_summary_of_a_campaign_that_has_not_begun(ledger, make_campaign):
    page = Tags(summary_html(ledger, make_campaign([(["1", "Ann"], {})])))
    assert page.tags.count("svg") == 1


def test_times_of_a_short_campaign_stand_once_or_apart():
    one = columns([{"a": 1}], {"a": "#000"}, "t", ("June 15, 2026, 9:05 UTC",) * 2)
    assert one.count("June 15") == 1
    two = columns([{"a": 1}] * 2, {"a": "#000"}, "t", ("June 15, 2026, 9:05 UTC", "June 15, 2026, 9:06 UTC"))
    assert 'x="440.0"' in two


def test_every_colour_of_the_time_line_has_its_word(ledger, make_campaign):
    campaign_id = make_campaign([(["1", "Ann"], {"state": "delivered", "sent_at": 1.0})])
    key = summary_html(ledger, campaign_id).partition('class="about key"')[2].partition("</p>")[0]
    assert [word in key for word in ("Delivered", "Handed over", "Not arrived")] == [True, True, False]


def test_no_such_campaign(ledger):
    with pytest.raises(CampaignError, match="no campaign number 4"):
        summary_html(ledger, 4)


def test_every_part_has_a_colour():
    assert set(COLOURS) == set(Part)


CHARTS = [
    pytest.param(share_bar([]), id="no shares"),
    pytest.param(share_bar([("a", 0, "#000")]), id="shares of nothing"),
    pytest.param(bars([], "#000", "t"), id="no bars"),
    pytest.param(bars([("a" * 100, 0)], "#000", "t"), id="a bar of nothing"),
    pytest.param(columns([], {"a": "#000"}, "t", ("", "")), id="no columns"),
    pytest.param(columns([{"a": 3}, {}], {"a": "#000"}, "<t>", ("<", ">")), id="a column"),
]


@pytest.mark.parametrize("chart", CHARTS)
def test_charts_of_anything_are_whole(chart):
    assert chart.startswith("<svg")
    assert chart.endswith("</svg>")
    assert "<t>" not in chart
