"""Who somebody is: claims that count, accounts behind an address, and sign-ins that end."""

import pytest

from mms.access.cookie_secret import require_strong_secret
from mms.access.sessions import end_all_sessions, end_session, forget_old_sessions
from mms.access.sign_in import RoleRules, admitted, may_act, person_of, set_role_rules
from mms.errors import MmsError, NotAllowed
from mms.ledger import Ledger
from mms.roles import LOCAL_ADMIN, Permission, Role
from mms.settings import settings_from

ENTRA = "https://login.microsoftonline.com/11111111-2222/v2.0"
SETTINGS = settings_from({"MMS_ADMIN_EMAILS": "ann@shop.example", "MMS_TRUSTED_ISSUERS": ENTRA})


def claims(ledger: Ledger, age: float = 0, **changed):
    with ledger.read() as connection:
        now = ledger.now(connection)
    known = {"email": "ann@shop.example", "email_verified": True, "iss": "https://id.example", "sub": "1"}
    return {name: value for name, value in (known | {"iat": now - age} | changed).items() if value != "absent"}


@pytest.mark.parametrize(
    ("changed", "gets_in"),
    [
        pytest.param({}, True, id="confirmed"),
        pytest.param({"email_verified": "absent"}, False, id="not said"),
        pytest.param({"email_verified": None}, False, id="null"),
        pytest.param({"email_verified": "false"}, False, id="the word false"),
        pytest.param({"email_verified": "true"}, False, id="the word true"),
        pytest.param({"email_verified": 0}, False, id="0"),
        pytest.param({"email_verified": 1}, False, id="1"),
        pytest.param({"email_verified": False}, False, id="no"),
        pytest.param({"email_verified": "absent", "iss": ENTRA}, True, id="issuer that the settings trust"),
        pytest.param({"email_verified": "absent", "iss": ENTRA, "tid": "11111111-2222"}, True, id="our tenant"),
        pytest.param({"email_verified": "absent", "iss": ENTRA, "tid": "3333"}, False, id="tenant that is not ours"),
        pytest.param(
            {"email_verified": "absent", "iss": ENTRA.replace("1111", "9999", 1)}, False, id="another tenant's issuer"
        ),
        pytest.param({"email_verified": False, "iss": ENTRA}, False, id="trusted issuer that says no"),
        pytest.param({"email": ""}, False, id="no address"),
    ],
)
def test_address_counts_only_when_it_is_confirmed(ledger: Ledger, changed, gets_in) -> None:
    with ledger.read() as connection:
        if gets_in:
            assert person_of(connection, SETTINGS, claims(ledger, **changed)).role is Role.ADMIN
        else:
            with pytest.raises(NotAllowed):
                person_of(connection, SETTINGS, claims(ledger, **changed))


def test_cookie_from_before_the_sign_out_is_worth_nothing(ledger: Ledger) -> None:
    first, second = claims(ledger, nonce="a"), claims(ledger, nonce="b")
    admitted(ledger, SETTINGS, first)
    end_session(ledger, first, person="ann@shop.example")

    with pytest.raises(NotAllowed) as refused:
        admitted(ledger, SETTINGS, first)
    assert refused.value.code == "session_ended"
    assert not may_act(ledger, SETTINGS, first, Permission.SEE)
    assert admitted(ledger, SETTINGS, second).role is Role.ADMIN


@pytest.mark.parametrize(
    ("age", "gets_in"),
    [
        pytest.param(0, True, id="now"),
        pytest.param(3_000, True, id="50 minutes"),
        pytest.param(3_700, False, id="kept for more than an hour without a click"),
        pytest.param(13 * 3_600, False, id="13 hours"),
        pytest.param(29 * 86_400, False, id="29 days"),
    ],
)
def test_sign_in_ends_by_itself(ledger: Ledger, age, gets_in) -> None:
    found = claims(ledger, age)
    assert may_act(ledger, SETTINGS, found, Permission.SEE) is gets_in


def test_all_sign_ins_end_at_once_and_only_an_admin_may_say_so(ledger: Ledger) -> None:
    before = claims(ledger, 1)
    person = admitted(ledger, SETTINGS, before)
    end_all_sessions(ledger, person)

    assert not may_act(ledger, SETTINGS, before, Permission.SEE)
    assert may_act(ledger, SETTINGS, claims(ledger, -5), Permission.SEE)
    with pytest.raises(NotAllowed):
        end_all_sessions(ledger, type(person)("s", "s@x", Role.SENDER))
    forget_old_sessions(ledger, SETTINGS)


def test_another_account_with_the_same_address_stays_outside_until_an_admin_says_so(ledger: Ledger) -> None:
    rules = RoleRules(by_email={"ann@shop.example": Role.SENDER})
    set_role_rules(ledger, SETTINGS, LOCAL_ADMIN, rules)
    admitted(ledger, SETTINGS, claims(ledger))
    other = claims(ledger, sub="2")

    with pytest.raises(NotAllowed) as refused:
        admitted(ledger, SETTINGS, other)
    assert refused.value.code == "other_account"
    set_role_rules(ledger, SETTINGS, LOCAL_ADMIN, RoleRules())
    assert admitted(ledger, SETTINGS, other).role is Role.ADMIN


@pytest.mark.parametrize("secret", ["", "secret", "only for this test", "x" * 64, "change me please change me please!"])
def test_weak_cookie_secret_is_refused(secret: str) -> None:
    with pytest.raises(MmsError, match="token_hex"):
        require_strong_secret(secret)


def test_random_secret_is_taken() -> None:
    require_strong_secret("3f9a7c51e0b248d6a1c4e7f092b5d83670ae19c4f2d85b3e")
