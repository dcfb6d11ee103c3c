"""Whoever writes something for a person asks for that person's permission: read from the source, so nobody forgets.

A function that opens a write transaction takes `User` and calls `require`, or stands here with the reason why not.
"""

import ast
from pathlib import Path

import pytest

import mms

ROOT = Path(mms.__file__).parent
WORK = ("delivery", "receipts", "notices", "practice")  # rooms of the worker and of Twilio: nobody asks them to
NOT_FOR_A_PERSON = {
    "access/api_keys.py:note_use": "the time of a call",
    "access/traces.py:trace": "what a person did is noted, whether they might or not",
    "access/sessions.py:_note": "who signs in is asked in `admit`",
    "access/sessions.py:end_session": "everybody may sign out",
    "access/sessions.py:forget_old_sessions": "housekeeping",
    "links/clicks.py:record_clicks": "visitors of a public link",
    "access/signed_links.py:_signer": "a secret made on first use",
    "campaigns/launch/launching.py:_found_or_new": "behind `guard.ask_again`, or a single message of a known key",
    "campaigns/launch/launching.py:_write_rows": "as above",
    "campaigns/launch/launching.py:_forget": "as above",
    "campaigns/launch/launching.py:_start": "as above: asks `guard.ask_again`",
    "campaigns/pictures/hosted_pictures.py:installation_name": "a name made on first use",
    "operations/backup_time.py:note_backup": "the time of a backup",
    "campaigns/pictures/media_check.py:keep_verdicts": "what links answered, kept to not ask twice",
    "campaigns/pictures/own_picture.py:_added_secret": "a secret made on first use",
    "campaigns/pictures/own_picture_check.py:_skip": "a part of the launch",
    "campaigns/pictures/own_pictures.py:note_address": "where the server was started",
    "campaigns/pictures/prestart_check.py:_check": "the worker's",
    "campaigns/pictures/prestart_check.py:_teller": "the worker's",
    "campaigns/pictures/prestart_check.py:tell": "the worker's",
    "campaigns/zone_rules.py:_move": "the worker's",
    "http/idempotency.py:_admit": "calls with a key, whose scope the route asks",
    "http/idempotency.py:withdraw": "as above",
    "ledger/high_water.py:high_water": "a name made on first use",
    "operations/backup.py:_replace": "at the terminal, whose user has the data folder itself",
    "operations/backup.py:_refill": "as above",
    "operations/backup.py:_copy_ledger": "into a new file",
    "join_words/handling.py:_take": "people who text a word",
    "operations/move.py:_move": "as above",
    "operations/move.py:_copy": "as above",
    "opt_outs/asking.py:ask_for_replies": "the worker's",
    "opt_outs/replies.py:receive": "Twilio's webhook, which is signed",
    "outgoing/signing.py:secret_of": "a secret made on first use",
    "recurring/starting.py:_note": "the worker's",
    "recurring/starting.py:_waits_for_approval": "the worker's",
    "retention/policy.py:purge_when_due": "by the clock",
    "retention/policy.py:_purge": "behind `purge_by_hand`, or by the clock",
    "retention/purge.py:purge": "as above",
    "retention/purge.py:_clear_rows": "as above",
    "retention/purge.py:_clear_campaign": "as above",
    "services.py:_put_coupons_back": "at the start",
}


def _opens_a_transaction(function: ast.FunctionDef) -> bool:
    """`ledger.write()` in its own body, or in that of a function within it."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "write"
        and not node.args
        and not node.keywords
        for node in ast.walk(function)
    )


def _asks(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.args, *function.args.kwonlyargs]
    has_person = any(one.annotation and "User" in ast.unparse(one.annotation) for one in arguments)
    called = {
        node.func.id for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return has_person and "require" in called


def writers(source: str) -> dict[str, bool]:
    """Functions that open a write transaction, and whether each asks for somebody's permission."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return {one.name: _asks(one) for one in functions if _opens_a_transaction(one)}


def _modules():
    for path in sorted(ROOT.rglob("*.py")):
        place = path.relative_to(ROOT)
        if place.parts[0] not in WORK and "migrations" not in place.parts:
            yield place.as_posix(), path.read_text("utf-8")


FOUND = {f"{place}:{name}": asks for place, source in _modules() for name, asks in writers(source).items()}
_THROUGH = {  # they hand their person on to a function that asks
    "campaigns/drafts/copies.py:draft_of_people",
    "campaigns/drafts/copies.py:draft_of_selection",
    "campaigns/drafts/sample.py:new_sample_draft",
    "campaigns/launch/submit.py:_stored_upload",
}


@pytest.mark.parametrize("function", FOUND)
def test_function_that_writes_takes_a_person_and_asks(function):
    assert FOUND[function] or function in NOT_FOR_A_PERSON or function in _THROUGH, (
        f"{function} writes to the ledger. Let it take `by: User` and call require(by, Permission...), "
        "or add it here with the reason why nobody has to be asked."
    )


def test_no_exception_outlives_its_function():
    assert not {*NOT_FOR_A_PERSON, *_THROUGH} - {one for one, asks in FOUND.items() if not asks}


@pytest.mark.parametrize(
    ("source", "asks"),
    [
        ("def f(ledger, *, by: User):\n require(by, P.SEND)\n with ledger.write() as c: pass", True),
        ("def f(ledger, *, by: User):\n with ledger.write() as c: pass", False),
        ("def f(ledger):\n require(somebody, P.SEND)\n with ledger.write() as c: pass", False),
    ],
)
def test_the_scan_tells_them_apart(source, asks):
    assert writers(source) == {"f": asks}
