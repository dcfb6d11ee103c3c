"""Figures, failures, alarms, progress and time lines say what the ledger holds."""

import csv
import io
from collections import Counter
from datetime import UTC
from decimal import Decimal

import pytest
from sqlalchemy import update

from mms.errors import MmsError
from mms.ledger import opt_outs
from mms.ledger.audit import note
from mms.ledger.options import set_option
from mms.ledger.tables import campaigns, replies, senders
from mms.reports import CampaignFilter, campaign_list
from mms.reports.campaign.failures import failures_by_reason
from mms.reports.campaign.progress import rate_and_eta, results_complete
from mms.reports.campaign.reached import family_of, reached_in_the_end
from mms.reports.campaign.timeline import Milestone, status_over_time
from mms.reports.comparison.alerts import Thresholds, alerts, store_thresholds, thresholds
from mms.reports.comparison.campaign_list import tags_in_use
from mms.reports.comparison.comparison_file import comparison_csv
from mms.reports.comparison.metrics import Durations, Figures, compare
from mms.reports.counts import Band, Counts, Part
from mms.roles import LOCAL_ADMIN
from mms.states import CampaignState, RowState
from mms.twilio_codes import Family
from mms.words import FAMILY_LABELS

START = 1_790_000_000.0


def row(state, **changes):
    return (["202-555-0101", "Ann"], {"recipient": "+12025550101", "state": state, **changes})


DELIVERED = [
    row("delivered", sent_at=START, updated_at=START + took, price="-0.02200", price_unit="USD") for took in (2, 4, 90)
]
MIXED = [
    *DELIVERED,
    row("sent", price="-0.02200"),
    row("undelivered", error_code=30007),
    row("failed", error_code=30007),
    row("failed", error_code=21610),
    row("refused", error_code=21211, http_status=400),
    row("refused", http_status=404),
    row("skipped", reason="duplicate"),
    row("ready"),
]


def test_failures_are_counted_by_code(ledger, make_campaign):
    campaign_id = make_campaign(MIXED)
    with ledger.read() as connection:
        found = failures_by_reason(connection, campaign_id)
    assert {failure.code: failure.count for failure in found} == {30007: 2, 21610: 1, 21211: 1, None: 1}
    assert found[0].code == 30007
    assert found[0].advice.family is Family.FILTERING


def test_figures_of_a_campaign(ledger, make_campaign):
    campaign_id = make_campaign(MIXED)
    with ledger.write() as connection:
        opt_outs.add(connection, ["+12025550101"], source=opt_outs.REPLY, at=START, campaign_id=campaign_id)
        opt_outs.add(connection, ["+12025550102"], source=opt_outs.TWILIO, at=START, campaign_id=campaign_id)
    with ledger.read() as connection:
        (figures,) = compare(connection, [campaign_id])
    assert figures.counts.handed_over == 7
    assert (figures.counts[Part.DELIVERED], figures.counts[Part.SENT], figures.counts[Part.REFUSED]) == (3, 1, 2)
    assert str(figures.counts.arrived) == "42.9 to 57.1 %"
    assert figures.filtered == 2
    assert figures.opt_outs == 1, "only those who answered to it"
    assert figures.cost == Decimal("0.088")
    assert figures.cost_per_delivered == Decimal("0.088") / 3
    assert figures.to_deliver == Durations(4, 90)


@pytest.mark.parametrize(
    ("hears", "answered", "asked", "expected"),
    [(False, False, False, None), (True, False, False, 0), (False, True, False, 0), (False, False, True, 0)],
)
def test_opt_outs_are_not_known_where_replies_cannot_be_heard(ledger, make_campaign, hears, answered, asked, expected):
    campaign_id = make_campaign(DELIVERED)
    if asked:  # a laptop has no address for webhooks, and asks Twilio
        with ledger.write() as connection:
            set_option(connection, "replies_asked:dddddddddddd", 4e9, at=4e9, by=None)
    if answered:  # somebody's word has come in since: this installation hears
        with ledger.write() as connection:
            connection.execute(replies.insert().values(message_sid="SM1", sender="+1", address="+1", at=4e9))
    with ledger.read() as connection:
        (figures,) = compare(connection, [campaign_id], hears_replies=hears)
    assert figures.opt_outs == expected


def test_campaigns_are_compared_over_a_date_range(ledger, make_campaign):
    made = [make_campaign(DELIVERED, started_at=START + day * 86_400) for day in range(3)]
    with ledger.read() as connection:
        found = compare(connection, CampaignFilter(since=START + 86_400, until=START + 2 * 86_400))
    assert [figures.campaign.id for figures in found] == [made[1]]


def test_comparison_is_taken_along_as_numbers_and_runs_no_formula(ledger, make_campaign):
    make_campaign(MIXED, name='=HYPERLINK("http://shop.example")', tags=("@spring", "members"))
    make_campaign(DELIVERED, name="Quiet")
    with ledger.read() as connection:
        found = compare(connection, CampaignFilter())
    lines = list(csv.DictReader(io.StringIO(comparison_csv(found, UTC).decode("utf-8-sig"))))
    assert [line["Name"] for line in lines] == ["Quiet", '\'=HYPERLINK("http://shop.example")']
    assert lines[1]["Tags"] == "'@spring, members"
    assert [line["Failed: Filtered as spam"] for line in lines] == ["0", "2"]
    failed = sum(int(count) for name, count in lines[1].items() if name.startswith("Failed: "))
    assert failed == int(lines[1]["Not arrived"]) + int(lines[1]["Refused"]) == 5
    assert (lines[1]["Arrived at least"], lines[1]["Arrived at most"]) == ("0.4286", "0.5714")
    assert (lines[1]["In the list"], lines[1]["Handed over"], lines[1]["Opt-outs"]) == ("11", "7", "not known")
    assert (lines[1]["Seconds to deliver (median)"], lines[1]["Seconds (95 of 100)"]) == ("4.0", "90.0")


def test_every_family_of_failure_has_its_word():
    assert set(FAMILY_LABELS) == set(Family)


def test_nothing_decided_gives_no_rate(ledger, make_campaign):
    campaign_id = make_campaign([row("ready")])
    with ledger.read() as connection:
        (figures,) = compare(connection, [campaign_id])
    assert figures.counts.arrived.low is None
    assert figures.to_deliver is None


def figures_of(decided, arrived, filtered=0, opted_out=0):
    counts = Counts.of({RowState.DELIVERED: arrived, RowState.UNDELIVERED: decided - arrived, RowState.ACCEPTED: 9})
    return Figures(None, counts, Counter({Family.FILTERING: filtered}), opted_out, Decimal(0), None)


ALARMS = [
    pytest.param(figures_of(100, 95), [], id="all is well"),
    pytest.param(figures_of(1000, 890), [], id="below the limit, and maybe by chance"),
    pytest.param(figures_of(1000, 870), ["delivery"], id="surely below it"),
    pytest.param(figures_of(145, 142, filtered=3), [], id="three of 145 filtered: too few to say"),
    pytest.param(figures_of(1000, 970, filtered=30), ["filtering"], id="filtering surely above its limit"),
    pytest.param(figures_of(1000, 1000, opted_out=31), ["opt_outs"], id="opt-outs"),
    pytest.param(figures_of(1000, 1000, opted_out=None), [], id="opt-outs not known"),
    pytest.param(figures_of(49, 0), [], id="too few messages"),
    pytest.param(figures_of(100, 50, 40, 10), ["filtering", "delivery", "opt_outs"], id="all at once"),
]


@pytest.mark.parametrize(("figures", "kinds"), ALARMS)
def test_alarms(figures, kinds):
    assert [alarm.kind for alarm in alerts(figures, Thresholds())] == kinds


def test_thresholds_can_be_changed_within_reason(ledger):
    with ledger.write() as connection:
        assert thresholds(connection) == Thresholds()
        store_thresholds(connection, Thresholds(delivery_below=0.5), at=1.0, by=LOCAL_ADMIN)
        assert thresholds(connection).delivery_below == 0.5
        with pytest.raises(MmsError, match="shares"):
            store_thresholds(connection, Thresholds(delivery_below=90), at=1.0, by=LOCAL_ADMIN)


def test_time_line_ends_at_the_counts_of_the_tiles(ledger, make_campaign):
    campaign_id = make_campaign(
        [row("sent", sent_at=START, updated_at=START + 1), *MIXED[:5], row("refused", updated_at=START)]
    )
    with ledger.read() as connection:
        stretches = status_over_time(connection, campaign_id)
        (figures,) = compare(connection, [campaign_id])
    total = sum((Counter(one.counts) for one in stretches), Counter())
    assert total == {
        Milestone.HANDED_OVER: figures.counts.handed_over,
        Milestone.DELIVERED: figures.counts[Part.DELIVERED],
        Milestone.NOT_ARRIVED: figures.counts[Part.NOT_ARRIVED],
        Milestone.REFUSED: figures.counts[Part.REFUSED],
    }
    assert len(stretches) <= 61
    assert [one.start for one in stretches] == sorted(one.start for one in stretches)


def test_delivered_is_never_above_handed_over(ledger, make_campaign):
    given = [row("delivered", sent_at=START + n, updated_at=START + 2 * n) for n in range(40)]
    campaign_id = make_campaign(given)
    with ledger.read() as connection:
        stretches = status_over_time(connection, campaign_id)
    sums = Counter()
    for one in stretches:
        sums.update(one.counts)
        assert sums[Milestone.DELIVERED] <= sums[Milestone.HANDED_OVER]
    assert sums[Milestone.DELIVERED] == 40


def test_results_are_complete_after_the_last_receipt(ledger, make_campaign):
    campaign_id = make_campaign(DELIVERED)
    waiting = make_campaign([*DELIVERED, row("sent", sent_at=START, updated_at=START), row("accepted", sent_at=START)])
    with ledger.read() as connection:
        assert results_complete(connection, campaign_id, START + 100) == (START + 90, 0)
        assert results_complete(connection, waiting, START + 100)[1] == 2
        assert results_complete(connection, waiting, START + 73 * 3600)[1] == 1


def test_retries_and_their_parent_reach_each_person_once(ledger, make_campaign):
    first = make_campaign([row("delivered"), row("undelivered"), row("undelivered"), row("skipped")])
    with ledger.read() as connection:
        assert reached_in_the_end(connection, first) is None
    again = make_campaign([row("delivered"), row("delivered"), row("sent")], parent_id=first)
    with ledger.read() as connection:
        assert family_of(connection, first) == [first, again]
        assert reached_in_the_end(connection, first) == Band(2, 3, 3)


def test_time_line_of_a_campaign_that_has_not_begun(ledger, make_campaign):
    campaign_id = make_campaign([row("ready")])
    with ledger.read() as connection:
        assert status_over_time(connection, campaign_id) == []


def test_progress_of_a_running_campaign(ledger, make_campaign, add_attempts):
    campaign_id = make_campaign([row("sent")] * 2 + [row("ready")] * 6, started_at=START)
    for number, second in ((2, 50.0), (3, 52.0)):
        add_attempts(campaign_id, number, {"at": START + second, "event": "accepted", "status": "queued"})
    with ledger.read() as connection:
        progress = rate_and_eta(connection, campaign_id, START + 54)
    assert (progress.done, progress.total, progress.waits_for) == (2, 8, "")
    assert progress.rate == 0.5
    assert progress.eta == START + 54 + 12


def test_pause_does_not_count_in_the_rate(ledger, make_campaign, add_attempts):
    campaign_id = make_campaign([row("sent")] * 3 + [row("ready")] * 6, started_at=START)
    for number, second in ((2, 10.0), (3, 50.0), (4, 52.0)):
        add_attempts(campaign_id, number, {"at": START + second, "event": "accepted", "status": "queued"})
    with ledger.write() as connection:
        note(connection, "Ann", "campaign.resume", at=START + 49, subject=str(campaign_id))
    with ledger.read() as connection:
        assert rate_and_eta(connection, campaign_id, START + 54).rate == 0.5


HINDERED = [
    pytest.param(["accepted"] * 3, 0.0, "is being started", id="no process sends"),
    pytest.param([], START + 60, "", id="just begun"),
    pytest.param(["busy"] * 4 + ["accepted"], START + 60, "slow down", id="some are asked to slow down"),
    pytest.param(["busy"] + ["accepted"] * 5, START + 60, "", id="was asked to slow down"),
    pytest.param(["accepted", "not_connected"], START + 60, "cannot be reached", id="no connection"),
    pytest.param(["not_connected", "accepted"], START + 60, "", id="connected again"),
    pytest.param(["no_answer"] * 5, START + 60, "does not answer", id="silence"),
    pytest.param(["accepted"] * 4 + ["no_answer"], START + 60, "", id="one without answer"),
    pytest.param(["refused", "accepted"], START + 60, "", id="all well"),
]


@pytest.mark.parametrize(("events", "held_until", "words"), HINDERED)
def test_progress_says_what_hinders_a_running_campaign(ledger, make_campaign, add_attempts, events, held_until, words):
    campaign_id = make_campaign([row("ready")] * 2, state="running", started_at=START)
    with ledger.write() as connection:
        connection.execute(update(senders).values(held_until=held_until))
    for second, event in enumerate(events):
        add_attempts(campaign_id, 2, {"at": START + 30 + second, "event": event})
    with ledger.read() as connection:
        said = rate_and_eta(connection, campaign_id, START + 54).hindered_by
    assert words in said
    assert bool(words) == bool(said)


WAITS = [
    pytest.param("paused", "Paused by hand.", "Paused by hand.", None, id="paused, with its reason"),
    pytest.param("scheduled", None, "Waiting for its start, or for its turn on the sender.", 7.0, id="scheduled"),
    pytest.param("waiting", "3 people are asleep.", "3 people are asleep.", 9.0, id="quiet hours"),
]


@pytest.mark.parametrize(("state", "reason", "words", "until"), WAITS)
def test_progress_says_what_is_waited_for(ledger, make_campaign, state, reason, words, until):
    campaign_id = make_campaign([row("ready")], state=state, reason=reason, next_look_at=9.0)
    with ledger.write() as connection:
        connection.execute(update(campaigns).values(start_at=7.0))
    with ledger.read() as connection:
        progress = rate_and_eta(connection, campaign_id, START)
    assert (progress.waits_for, progress.waits_until, progress.eta) == (words, until, None)


LISTED = [
    pytest.param(CampaignFilter(), [3, 2, 1], id="all, newest first"),
    pytest.param(CampaignFilter(search="spring"), [1], id="by name, in any case"),
    pytest.param(CampaignFilter(tags=("vip",)), [3, 2], id="by tag"),
    pytest.param(CampaignFilter(tags=("vip", "fall")), [3], id="by all of several tags"),
    pytest.param(CampaignFilter(states=(CampaignState.FINISHED,)), [2], id="by state"),
    pytest.param(CampaignFilter(mode="live"), [], id="by mode"),
]


@pytest.mark.parametrize(("chosen", "places"), LISTED)
def test_list_of_campaigns(ledger, make_campaign, chosen, places):
    made = [
        make_campaign(DELIVERED, name="Spring sale"),
        make_campaign(DELIVERED, name="Summer sale", tags=("vip",), state="finished"),
        make_campaign(DELIVERED, name="Fall 100%", tags=("fall", "vip")),
    ]
    with ledger.read() as connection:
        found, total = campaign_list(connection, chosen)
        assert tags_in_use(connection) == ["fall", "vip"]
    assert [one.id for one in found] == [made[place - 1] for place in places]
    assert total == len(places)
    assert all(sum(one.counts.values()) == 3 for one in found)


def test_the_list_has_pages(ledger, make_campaign):
    made = [make_campaign([row("sent")]) for _ in range(3)]
    with ledger.read() as connection:
        found, total = campaign_list(connection, page=1, page_size=2)
    assert ([one.id for one in found], total) == ([made[0]], 3)
