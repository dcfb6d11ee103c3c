"""The audit trail: newest first, page by page, filtered, exported, and readable by admins only."""

from dataclasses import replace

import pytest

from mms.access.api_keys import Scope, add_key, holder, listed_keys, note_use, open_keys, revoke_key
from mms.access.audit_log import ACTIONS, TrailFilter, deeds, trail_csv
from mms.errors import MmsError, NotAllowed
from mms.ledger.audit import note
from mms.roles import LOCAL_ADMIN, Role, User
from mms.settings import settings_from


def _noted(ledger, *lines):
    with ledger.write() as connection:
        for at, (who, action) in enumerate(lines):
            note(connection, who, action, at=float(at), subject="7", detail={"added": at})


def test_lines_are_read_newest_first_page_by_page(ledger):
    _noted(ledger, *[("ann", "campaign.pause")] * 5)
    with ledger.read() as connection:
        first = deeds(connection, LOCAL_ADMIN, limit=3)
        second = deeds(connection, LOCAL_ADMIN, limit=3, before=first[-1].id)
    assert [line.at for line in first + second] == [4.0, 3.0, 2.0, 1.0, 0.0]
    assert first[0].sentence == "paused a campaign"


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (TrailFilter(), 3),
        (TrailFilter(who="ann"), 2),
        (TrailFilter(action="opt_out.add"), 1),
        (TrailFilter(who="ann", action="opt_out.add"), 0),
        (TrailFilter(since=1.0), 2),
    ],
    ids=["all", "who", "what", "both", "since"],
)
def test_filter(ledger, chosen, count):
    _noted(ledger, ("ann", "campaign.pause"), ("bob", "opt_out.add"), ("ann", "campaign.cancel"))
    with ledger.read() as connection:
        assert len(deeds(connection, LOCAL_ADMIN, chosen)) == count
    assert len(b"".join(trail_csv(ledger, LOCAL_ADMIN, chosen)).splitlines()) == count + 1


def test_export_is_neutral_for_spreadsheets(ledger):
    _noted(ledger, ("=HYPERLINK(1)", "campaign.pause"))
    assert b",'=HYPERLINK(1)," in b"".join(trail_csv(ledger, LOCAL_ADMIN))


def test_trail_is_for_admins(ledger):
    sender = User("sue", "sue@shop.example", Role.SENDER)
    with pytest.raises(NotAllowed):
        trail_csv(ledger, sender)
    with ledger.read() as connection, pytest.raises(NotAllowed):
        deeds(connection, sender)


def test_unknown_action_is_shown_as_it_is(ledger):
    _noted(ledger, ("ann", "something.new"))
    with ledger.read() as connection:
        assert deeds(connection, LOCAL_ADMIN)[0].sentence == "something.new"


def test_key_is_shown_once_kept_as_a_hash_and_known_again(ledger, settings):
    key = add_key(ledger, settings, "shop", by=LOCAL_ADMIN)
    with ledger.read() as connection:
        known = open_keys(connection, settings, ledger.now(connection))
        (listed,) = listed_keys(connection, settings)
    assert holder(known, key).name == "shop"
    assert holder(known, key + "x") is None
    assert key not in repr((known, listed))
    assert (listed.created_by, listed.last_used_at, listed.revoked_at) == (LOCAL_ADMIN.name, None, None)
    assert (listed.scope, listed.expires_at, listed.last_four) == (Scope.SEND, None, key[-4:])


def test_key_with_an_end_opens_nothing_after_it_and_leaves_its_name(ledger, settings):
    add_key(ledger, settings, "shop", by=LOCAL_ADMIN, days=1)
    with ledger.read() as connection:
        now = ledger.now(connection)
        (listed,) = listed_keys(connection, settings)
        assert [one.name for one in open_keys(connection, settings, now)] == ["shop"]
        assert open_keys(connection, settings, listed.expires_at) == []
    assert listed.expires_at == pytest.approx(now + 86_400, abs=60)
    assert (listed.state(now), listed.state(listed.expires_at)) == ("in use", "expired")


@pytest.mark.parametrize("days", [0, -1, 1_000_000])
def test_key_that_would_end_at_once_or_never_is_refused(ledger, settings, days):
    with pytest.raises(MmsError) as refused:
        add_key(ledger, settings, "shop", by=LOCAL_ADMIN, days=days)
    assert refused.value.code == "key_days"


def test_last_use_is_noted_of_made_keys_and_of_those_in_the_settings(ledger, settings):
    add_key(ledger, settings, "shop", by=LOCAL_ADMIN)
    settings = replace(settings, api_keys={"crm": "c" * 64, "idle": "d" * 64})
    for name in ("shop", "shop", "crm"):
        note_use(ledger, settings, name)
    with ledger.read() as connection:
        used = {key.name: key.last_used_at is not None for key in listed_keys(connection, settings)}
    assert used == {"crm": True, "idle": False, "shop": True}


def test_revoked_key_is_closed_and_its_name_free_again(ledger, settings):
    old = add_key(ledger, settings, "shop", by=LOCAL_ADMIN)
    revoke_key(ledger, "shop", by=LOCAL_ADMIN)
    with ledger.read() as connection:
        assert open_keys(connection, settings, ledger.now(connection)) == []
    new = add_key(ledger, settings, "shop", by=LOCAL_ADMIN)
    with ledger.read() as connection:
        known = open_keys(connection, settings, ledger.now(connection))
    assert (holder(known, old), holder(known, new).name) == (None, "shop")
    with ledger.read() as connection:
        actions = [line.action for line in deeds(connection, LOCAL_ADMIN)]
    assert actions == ["api_key.add", "api_key.revoke", "api_key.add"]
    assert set(actions) <= set(ACTIONS)


@pytest.mark.parametrize(
    ("name", "code"), [("", "key_name"), ("a b", "key_name"), ("x" * 101, "key_name"), ("env", "key_exists")]
)
def test_unfit_or_taken_name_is_refused(ledger, name, code):
    settings = settings_from({"MMS_DATA_DIR": "unused", "MMS_API_KEYS": "env:" + "0" * 64})
    with pytest.raises(MmsError) as refused:
        add_key(ledger, settings, name, by=LOCAL_ADMIN)
    assert refused.value.code == code


def test_key_of_the_settings_is_listed_and_cannot_be_revoked_here(ledger):
    settings = settings_from({"MMS_DATA_DIR": "unused", "MMS_API_KEYS": "env:" + "0" * 64})
    with ledger.read() as connection:
        (listed,) = listed_keys(connection, settings)
    assert (listed.name, listed.is_from_settings) == ("env", True)
    with pytest.raises(MmsError, match="no key named env"):
        revoke_key(ledger, "env", by=LOCAL_ADMIN)
