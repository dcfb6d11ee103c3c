"""Who may do what, told from sign-in; the whole table, so that a new permission is decided on purpose."""

import dataclasses

import pytest

from mms.access.approvals import approval_above, needs_second_person, require_launch, set_approval_above
from mms.access.sign_in import RoleRules, person_of, role_rules, set_role_rules
from mms.access.signed_links import is_signed, report_link
from mms.errors import MmsError, NotAllowed
from mms.ledger.audit import note
from mms.roles import LOCAL_ADMIN, Permission, Role, User, may, require

ANN = User("ann@shop.example", "ann@shop.example", Role.ADMIN)
SUE = User("sue@shop.example", "sue@shop.example", Role.SENDER)
SAM = User("sam@shop.example", "sam@shop.example", Role.SENDER)

TABLE = {
    Permission.SEE: "viewer sender admin",
    Permission.EXPORT: "viewer sender admin",
    Permission.SEND: "sender admin",
    Permission.ADD_OPT_OUTS: "sender admin",
    Permission.REMOVE_OPT_OUTS: "admin",
    Permission.CHANGE_SETTINGS: "admin",
    Permission.MANAGE_KEYS: "admin",
    Permission.SEE_AUDIT: "admin",
    Permission.PURGE: "admin",
}


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_the_table_says_and_nothing_else(role, permission):
    person = User("x", "x@shop.example", role)
    allowed = role in TABLE[permission].split()
    assert may(person, permission) is allowed
    if allowed:
        require(person, permission)
    else:
        with pytest.raises(NotAllowed, match=f"your role is {role}"):
            require(person, permission)


RULES = RoleRules(
    by_email={"ann@shop.example": Role.ADMIN},
    claim="groups",
    by_claim={"marketing": Role.SENDER, "chiefs": Role.ADMIN},
)


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        pytest.param({"email": "ann@shop.example"}, Role.ADMIN, id="by e-mail"),
        pytest.param({"email": "Ann@Shop.example"}, Role.ADMIN, id="whatever the case"),
        pytest.param({"email": "ann@shop.example", "email_verified": True}, Role.ADMIN, id="confirmed"),
        pytest.param({"email": "ann@shop.example", "email_verified": False}, "unverified", id="not confirmed"),
        pytest.param({"email": "x@shop.example", "groups": ["marketing"]}, Role.SENDER, id="by claim"),
        pytest.param({"email": "x@shop.example", "groups": ["marketing", "chiefs"]}, Role.ADMIN, id="highest claim"),
        pytest.param({"email": "x@shop.example", "groups": "marketing"}, Role.SENDER, id="claim of one value"),
        pytest.param({"email": "x@shop.example", "groups": [["marketing"], None, 1]}, "no_role", id="odd claim"),
        pytest.param({"email": "x@shop.example"}, "no_role", id="stranger"),
        pytest.param({"name": "ann@shop.example"}, "unverified", id="no e-mail"),
        pytest.param({"email": "boss@shop.example"}, Role.ADMIN, id="admin by setting"),
    ],
)
def test_role_of_somebody_who_signed_in(ledger, settings, claims, role):
    with_boss = dataclasses.replace(settings, admin_emails=frozenset({"boss@shop.example"}))
    set_role_rules(ledger, settings, LOCAL_ADMIN, RULES)
    with ledger.read() as connection:
        if isinstance(role, Role):
            assert person_of(connection, with_boss, {"email_verified": True} | claims).role is role
        else:
            with pytest.raises(NotAllowed) as refused:
                person_of(connection, with_boss, {"email_verified": True} | claims)
            assert refused.value.code == role


def test_without_sign_in_the_person_at_this_computer_is_admin(ledger, settings):
    with ledger.read() as connection:
        assert person_of(connection, settings, None) == LOCAL_ADMIN


def test_at_first_nobody_who_signs_in_has_a_role_unless_everyone_has(ledger, settings):
    with ledger.read() as connection, pytest.raises(NotAllowed):
        person_of(connection, settings, {"email": "x@shop.example", "email_verified": True})
    set_role_rules(ledger, settings, LOCAL_ADMIN, RoleRules(everyone=Role.VIEWER))
    with ledger.read() as connection:
        assert person_of(connection, settings, {"email": "x@shop.example", "email_verified": True}).role is Role.VIEWER


def test_rules_come_back_as_they_were_stored(ledger, settings):
    set_role_rules(ledger, settings, ANN, RULES)
    with ledger.read() as connection:
        assert role_rules(connection) == RULES


def test_nobody_locks_themselves_out(ledger, settings):
    with pytest.raises(MmsError) as refused:
        set_role_rules(ledger, settings, ANN, RoleRules(by_email={ANN.name: Role.VIEWER}))
    assert refused.value.code == "locks_out"


def test_sender_does_not_change_roles(ledger, settings):
    with pytest.raises(NotAllowed):
        set_role_rules(ledger, settings, SUE, RULES)


@pytest.mark.parametrize(
    ("recipients", "launcher", "edited_by", "code"),
    [
        pytest.param(100, SUE, (SUE.name,), None, id="as many as one may"),
        pytest.param(101, SUE, (SUE.name,), "needs_approval", id="one more, alone"),
        pytest.param(101, SUE, (), "needs_approval", id="one more, nobody prepared it"),
        pytest.param(101, SAM, (SUE.name,), None, id="one more, a second person"),
        pytest.param(101, SAM, (SUE.name, SAM.name), "needs_approval", id="one more, a second person who edited it"),
        pytest.param(101, ANN, (ANN.name,), "needs_approval", id="an admin alone"),
        pytest.param(101, User("v", "v@x", Role.VIEWER), (SUE.name,), "not_allowed", id="a viewer is no second person"),
    ],
)
def test_large_campaign_needs_a_second_person(ledger, recipients, launcher, edited_by, code):
    set_approval_above(ledger, ANN, 100)
    with ledger.read() as connection:
        if code is None:
            require_launch(connection, launcher, edited_by=edited_by, recipients=recipients, now=1.0)
        else:
            with pytest.raises(NotAllowed) as refused:
                require_launch(connection, launcher, edited_by=edited_by, recipients=recipients, now=1.0)
            assert refused.value.code == code


@pytest.mark.parametrize(
    ("detail", "at", "code"),
    [
        pytest.param({"people": 60, "edited_by": [SUE.name]}, 1_000.0, "needs_approval", id="the other half, alone"),
        pytest.param({"people": 50, "edited_by": [SUE.name]}, 1_000.0, None, id="as many as one may in a day"),
        pytest.param({"people": 60, "edited_by": [SAM.name]}, 1_000.0, None, id="as the second person of another's"),
        pytest.param({"people": 60, "edited_by": [SUE.name]}, -86_400.0, None, id="more than a day ago"),
    ],
)
def test_two_halves_are_no_way_round_the_second_person(ledger, detail, at, code):
    set_approval_above(ledger, ANN, 100)
    with ledger.write() as connection:
        note(connection, SUE.name, "campaign.launch", at=at, detail=detail)
    with ledger.read() as connection:
        needs = needs_second_person(connection, SUE, edited_by=[SUE.name], recipients=50, now=2_000.0)
    assert needs is (code == "needs_approval")


def test_second_person_is_asked_for_only_where_people_sign_in(ledger):
    with pytest.raises(NotAllowed) as refused:
        set_approval_above(ledger, LOCAL_ADMIN, 100)
    assert refused.value.code == "needs_sign_in"
    set_approval_above(ledger, LOCAL_ADMIN, None)
    with ledger.read() as connection:
        assert approval_above(connection) is None
        require_launch(connection, LOCAL_ADMIN, edited_by=(), recipients=10**6, now=1.0)


def test_signed_link_opens_its_own_path_for_its_own_person_only(ledger):
    path, token = report_link(ledger, 7, "csv", by=LOCAL_ADMIN).split("?token=")
    assert path == "/reports/7.csv"
    assert is_signed(ledger, path, token, by=LOCAL_ADMIN)
    assert not is_signed(ledger, path, token, by=User("ann@example.org", "ann@example.org", Role.ADMIN))
    assert not is_signed(ledger, "/reports/8.csv", token, by=LOCAL_ADMIN)
    assert not is_signed(ledger, path, token + "x", by=LOCAL_ADMIN)
    assert not is_signed(ledger, path, "", by=LOCAL_ADMIN)
