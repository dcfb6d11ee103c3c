"""Markup from files, replies and names in a real browser, under the policy that the app is served with."""

import json

import pytest
from browser_site import IDLE, ledger_in, serving

from mms.campaigns.drafts.content import DraftContent
from mms.campaigns.drafts.drafts import new_draft
from mms.campaigns.launch.launching import NewCampaign, PlannedRow, launch
from mms.opt_outs.replies import Inbound, receive
from mms.practice.account import ACCOUNT_SID, MAIN
from mms.roles import Role, User
from mms.states import RowState, SkipReason

pytestmark = pytest.mark.browser

MARKUP = '<img src=x onerror="window.ran=1"><script>window.ran=1</script> ![p](https://p.example/x.png) :red[x] $x$'
PERSON = "+12125550100"
PATHS = ("/", "/new", "/campaigns", "/compare", f"/person?number=%2B{PERSON[1:]}", "/opt-outs", "/inbox", "/settings")


def fill(folder) -> int:
    """A campaign, a draft and a reply that hold markup wherever somebody can write; the campaign's number."""
    ledger = ledger_in(folder)
    new = NewCampaign(
        request_key="hostile",
        name=MARKUP,
        body=MARKUP,
        media_urls=(),
        columns=(MARKUP, "Phone"),
        phone_column="Phone",
        sender_address=MAIN.number,
        account_sid=ACCOUNT_SID,
        mode="practice",
        content_hash="hostile",
        created_by=MARKUP,
        tags=(MARKUP,),
    )
    skipped = PlannedRow(2, json.dumps([MARKUP, MARKUP]), None, RowState.SKIPPED, SkipReason.NOT_MENDED, "missing")
    campaign_id = launch(ledger, new, [skipped, PlannedRow(3, json.dumps([MARKUP, PERSON]), PERSON)])
    new_draft(ledger, by=User(MARKUP, None, Role.ADMIN), content=DraftContent(name=MARKUP, body=MARKUP))
    receive(ledger, Inbound("SM" + "1" * 32, PERSON, MAIN.number, MARKUP, 0, None))
    ledger.close()
    return campaign_id


def test_no_text_becomes_markup_and_no_page_breaks_its_policy(page, tmp_path):
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    with serving(tmp_path) as site:
        campaign_id = fill(tmp_path)
        for path in (*PATHS, f"/campaign?id={campaign_id}"):
            page.goto(site.url + path)
            page.wait_for_selector(IDLE)
            assert page.evaluate("window.ran") is None, path
            assert page.locator("img[src='x'], img[src*='p.example']").count() == 0, path
    assert [text for text in said if "Content Security Policy" in text] == []
    assert [url for url in asked if "p.example" in url] == []
