"""Recurring sends from the command line: set up with a yes, shown, steered."""

import pytest

MEMBERS = b"Name,Mobile\nAna,202-555-0101\nBen,202-555-0102\n"
WHOM = ("--list", "Members", "--name", "Offer", "--zone", "America/New_York")
MONTHLY = ("recurring", "add", "--every", "month", "--day", "1", "--at", "10:00", "--body", "Hi {Name}", *WHOM)


@pytest.fixture
def members(command_line):
    assert command_line.run("lists", "import", "-", "--name", "Members", stdin=MEMBERS).returncode == 0
    return command_line


def test_it_is_set_up_steered_and_deleted(members):
    assert members.run(*MONTHLY).returncode == 2
    assert members.json("recurring") == []
    done = members.run(*MONTHLY, "--yes")
    assert done.returncode == 0, done.stderr
    (one,) = members.json("recurring")
    assert (one["name"], one["state"], one["list"], one["every"], one["day"]) == (
        "Offer",
        "active",
        "Members",
        "month",
        1,
    )
    assert (one["at"], one["zone"], one["messages"][0]["body"]) == ("10:00", "America/New_York", "Hi {Name}")
    for word, state in (("pause", "paused"), ("resume", "active")):
        assert members.run("recurring", word, "1").returncode == 0
        assert members.json("recurring")[0]["state"] == state
    assert members.run("recurring", "delete", "1").returncode == 0
    assert members.json("recurring") == []


def test_a_series_is_set_up(members):
    messages = ("--message", "0:Welcome {Name}", "--message", "3:Still there?")
    done = members.run("recurring", "series", "--start", "2099-01-01T10:00:00-05:00", *messages, *WHOM, "--yes")
    assert done.returncode == 0, done.stderr
    (one,) = members.json("recurring")
    assert one["every"] is None
    assert [(step["days"], step["body"]) for step in one["messages"]] == [(0, "Welcome {Name}"), (3, "Still there?")]
    assert one["next_at"].startswith("2099-01-01T15:00")


@pytest.mark.parametrize(
    "arguments",
    [
        ("recurring", "add", "--every", "month", "--day", "32", "--at", "10:00", "--body", "x", *WHOM, "--yes"),
        ("recurring", "add", "--every", "day", "--at", "noon", "--body", "x", *WHOM, "--yes"),
        ("recurring", "add", "--every", "day", "--at", "10:00", "--body", "x", *WHOM, "--segment", "S", "--yes"),
        ("recurring", "add", "--every", "day", "--at", "10:00", *WHOM, "--yes"),
        ("recurring", "series", "--start", "2020-01-01T10:00:00Z", "--message", "0:x", *WHOM, "--yes"),
        ("recurring", "series", "--start", "2099-01-01T10:00:00Z", "--message", "x", *WHOM, "--yes"),
        ("recurring", "pause", "99"),
    ],
    ids=["day", "time", "two sources", "no text", "past", "no days", "not there"],
)
def test_what_is_wrong_is_one_sentence(members, arguments):
    done = members.run(*arguments)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert members.json("recurring") == []
