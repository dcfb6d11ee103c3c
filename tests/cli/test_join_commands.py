"""Join words from the command line."""

import pytest

MEMBERS = b"Name,Mobile\nAna,202-555-0101\n"


@pytest.fixture
def members(command_line):
    assert command_line.run("lists", "import", "-", "--name", "Members", stdin=MEMBERS).returncode == 0
    return command_line


def test_a_word_is_added_printed_and_deleted(members, tmp_path):
    done = members.run("join-words", "add", "join", "--list", "Members", "--welcome", "Hello", "--no-ask")
    assert done.returncode == 0, done.stderr
    (one,) = members.json("join-words")
    assert (one["word"], one["list"], one["ask"], one["welcome"], one["joined"]) == (
        "JOIN",
        "Members",
        None,
        "Hello",
        0,
    )
    assert one["link"] == f"sms:{one['number']}?&body=JOIN"
    assert members.run("join-words", "code", "1", "-o", str(tmp_path / "join.png")).returncode == 0
    assert (tmp_path / "join.png").read_bytes().startswith(b"\x89PNG")
    assert members.run("join-words", "delete", "1").returncode == 0
    assert members.json("join-words") == []


@pytest.mark.parametrize("arguments", [("STOP", "--list", "Members"), ("JOIN", "--list", "Nobody")])
def test_what_is_wrong_is_one_sentence(members, arguments):
    done = members.run("join-words", "add", *arguments)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
