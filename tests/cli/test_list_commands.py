"""Lists and segments from the command line: kept, merged, sent to, and back out as a file."""

import json

import pytest

MEMBERS = b"Name,Mobile,City\nAna,202-555-0101,Denver\nBen,202-555-0102,Boston\nX,12,Y\n"
LATER = b"Name,Mobile,City\nAna,202-555-0101,Reno\nCleo,202-555-0103,Boston\n"


@pytest.fixture
def members(command_line):
    done = command_line.run("lists", "import", "-", "--name", "Members", stdin=MEMBERS)
    assert done.returncode == 1  # one row is nobody's number
    assert b"2 new" in done.stderr
    return command_line


def test_a_later_file_is_merged_by_number(members):
    done = members.run("lists", "import", "-", "--name", "members", stdin=LATER)
    assert done.returncode == 0
    assert b"1 new, 1 changed" in done.stderr
    (one,) = members.json("lists")
    assert (one["name"], one["people"], one["columns"]) == ("Members", 3, ["Mobile", "Name", "City"])
    replaced = members.run("lists", "import", "-", "--name", "Members", "--replace", stdin=LATER)
    assert b"1 taken out" in replaced.stderr
    exported = members.run("lists", "export", "Members", "-o", "-").stdout.decode("utf-8-sig")
    assert [line.split(",")[1:3] for line in exported.splitlines()] == [
        ["Name", "City"],
        ["Ana", "Reno"],
        ["Cleo", "Boston"],
    ]


def test_a_list_is_sent_to_as_a_file_is(members):
    checked = json.loads(members.run("check", "--list", "Members", "--json", "--list-ready").stdout)
    assert (checked["ready"], checked["columns"]["phone"]) == (2, "Mobile")
    assert checked["ready_numbers"] == [[2, "+12025550101"], [3, "+12025550102"]]
    members.start_worker()
    sent = members.run("send", "--list", "Members", "--body", "Hi {Name}", "--rate", "0", "--yes", "--json")
    assert sent.returncode in (0, 1)  # what becomes of a number in practice is the number's own
    shown = json.loads(sent.stdout)
    assert (shown["name"], shown["rows"]) == ("Members", 2)


@pytest.mark.parametrize(
    "source",
    [(), ("-", "--list", "Members"), ("--list", "Nobody"), ("--segment", "Nobody"), ("--list", "A", "--segment", "B")],
    ids=["nothing", "two", "no such list", "no such segment", "list and segment"],
)
def test_who_is_meant_must_be_plain(members, source):
    done = members.run("send", *source, "--body", "Hi", "--yes", stdin=MEMBERS)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert members.json("campaigns") == []
