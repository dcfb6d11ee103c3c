"""Will carriers let it through? Every state of a registration, over the wire."""

import pytest

from mms.practice.account import MAIN, POOL, TEXT_ONLY, TOLL_FREE, VOICE_ONLY
from mms.practice.testing import PracticeServer
from mms.twilio_client import Account
from mms.twilio_client.registration import Light, Registration, money_for, pace_of, registration


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with PracticeServer(tmp_path_factory.mktemp("practice")) as running:
        yield running


@pytest.fixture
def account(server):
    server.remote.set_faults()
    address = server.address
    return Account(address.base_url, address.account_sid, address.account_sid, address.auth_token)


@pytest.mark.parametrize(
    ("address", "state", "light", "said"),
    [
        pytest.param(POOL.sid, "verified", Light.GREEN, "is approved", id="service, approved"),
        pytest.param(POOL.sid, "pending", Light.AMBER, "being reviewed", id="service, in review"),
        pytest.param(POOL.sid, "failed", Light.RED, "how to opt out", id="service, refused with the reason"),
        pytest.param(POOL.sid, "missing", Light.RED, "30034", id="service without a campaign"),
        pytest.param(POOL.sid, "missing", Light.RED, "tax number", id="and its brand's reason"),
        pytest.param(POOL.sid, "forbidden", Light.AMBER, "may not read", id="a key that may not read it"),
        pytest.param(MAIN.number, "verified", Light.GREEN, "is approved", id="number in an approved service"),
        pytest.param(VOICE_ONLY.number, "verified", Light.RED, "30034", id="number in no service"),
        pytest.param(TEXT_ONLY.number, "pending", Light.AMBER, "being reviewed", id="number in another service"),
        pytest.param(TOLL_FREE.number, "verified", Light.GREEN, "is verified", id="toll-free, verified"),
        pytest.param(TOLL_FREE.number, "pending", Light.RED, "30032", id="toll-free, in review: blocked all the same"),
        pytest.param(TOLL_FREE.number, "failed", Light.RED, "how to opt out", id="toll-free, refused with the reason"),
        pytest.param(TOLL_FREE.number, "missing", Light.RED, "not verified", id="toll-free, never submitted"),
        pytest.param("12345", "verified", Light.GREEN, "Short codes", id="short code"),
    ],
)
def test_each_state_has_its_light_its_sentence_and_the_next_step(server, account, address, state, light, said):
    server.remote.set_faults(registration_state=state)
    found = registration(account, address)
    assert found.light is light
    assert any(said in finding.sentence for finding in found.findings)
    assert all(finding.next_step for finding in found.findings if finding.light is not Light.GREEN)


@pytest.mark.parametrize(("balance", "light"), [("12.50", Light.GREEN), ("0", Light.RED), ("-3", Light.RED)])
def test_money_counts(server, account, balance, light):
    server.remote.set_faults(balance=balance)
    assert registration(account, POOL.sid).light is light


def test_registered_throughput_is_told(server, account):
    assert registration(account, POOL.sid).rate == 75.0


def test_twilio_that_cannot_be_reached_is_unknown_and_not_bad():
    nobody = Account("http://127.0.0.1:1", "AC" + "0" * 32, "AC" + "0" * 32, "x")
    assert registration(nobody, POOL.sid).light is Light.AMBER


@pytest.mark.parametrize(
    ("balance", "costs", "said"),
    [
        pytest.param("12.50", 12.5, None, id="just enough"),
        pytest.param("12.50", 12.51, "may cost 12.51", id="a cent short"),
        pytest.param("0", 5.0, None, id="nothing left is told by itself"),
    ],
)
def test_balance_is_held_against_the_forecast(server, account, balance, costs, said):
    server.remote.set_faults(balance=balance)
    short = money_for(registration(account, POOL.sid), costs)
    assert (short and said in short.sentence) if said else short is None


def test_registered_throughput_says_how_long_carriers_take():
    assert "in 2 min or more" in (pace_of(Registration((), rate=10.0), 1_000) or "")
    assert pace_of(Registration(()), 1_000) is None
