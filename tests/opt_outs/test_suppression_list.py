"""Work on the list: search, by hand, import with preview, export that imports again, history."""

import pytest

from mms.errors import MmsError, NotAllowed, UploadError
from mms.ledger import opt_outs
from mms.ledger.tables import audit
from mms.opt_outs.changes import add_by_hand, remove_by_hand
from mms.opt_outs.exchange import export_csv, import_numbers, preview_import
from mms.opt_outs.listing import count, history, search
from mms.roles import Role, User

ADMIN = User("ann@shop.example", "ann@shop.example", Role.ADMIN)
SENDER = User("sue@shop.example", "sue@shop.example", Role.SENDER)
VIEWER = User("vic@shop.example", "vic@shop.example", Role.VIEWER)


def test_number_told_by_phone_is_on_the_list_with_its_note(ledger, settings):
    assert add_by_hand(ledger, settings, SENDER, "(202) 555-0123", note="told us by phone") == "+12025550123"
    add_by_hand(ledger, settings, SENDER, "+1 202 555 0123")
    with ledger.read() as connection:
        (found,) = search(connection)
        (event,) = history(connection, "+12025550123")
        deeds = connection.execute(audit.select()).all()
    assert (found.recipient, found.source, found.note) == ("+12025550123", "by_hand", "told us by phone")
    assert (event.event, event.by) == ("added", SENDER.name)
    assert [(deed.who, deed.action, deed.subject) for deed in deeds] == [(SENDER.name, "opt_out.add", None)]


def test_removal_is_for_admins_and_stays_in_the_history(ledger, settings):
    add_by_hand(ledger, settings, SENDER, "202 555 0123")
    with pytest.raises(NotAllowed, match="your role is sender"):
        remove_by_hand(ledger, settings, SENDER, "202 555 0123")
    assert remove_by_hand(ledger, settings, ADMIN, "202 555 0123", note="asked for it by mail")
    assert not remove_by_hand(ledger, settings, ADMIN, "202 555 0123")
    with ledger.read() as connection:
        events = [(event.event, event.by, event.note) for event in history(connection, "+12025550123")]
    assert events == [("added", SENDER.name, None), ("removed", ADMIN.name, "asked for it by mail")]


def test_viewer_may_not_add(ledger, settings):
    with pytest.raises(NotAllowed):
        add_by_hand(ledger, settings, VIEWER, "202 555 0123")


@pytest.mark.parametrize("cell", ["", "12", "call me", "202 555 0123 or 202 555 0124"])
def test_unreadable_number_is_explained(ledger, settings, cell):
    with pytest.raises(MmsError) as refused:
        add_by_hand(ledger, settings, ADMIN, cell)
    assert refused.value.code == "bad_number"
    assert "0124" not in refused.value.message, "what was typed is not repeated"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("", ["+12025550102", "+12025550101", "+14155550101"], id="all, newest first"),
        pytest.param("415", ["+14155550101"], id="area code"),
        pytest.param("(202) 555", ["+12025550102", "+12025550101"], id="as people write"),
        pytest.param("+1 415-555-0101", ["+14155550101"], id="whole number"),
        pytest.param("999", [], id="nothing"),
        pytest.param("%", ["+12025550102", "+12025550101", "+14155550101"], id="no digits"),
    ],
)
def test_search(ledger, text, found):
    with ledger.write() as connection:
        for at, number in enumerate(("+14155550101", "+12025550101", "+12025550102")):
            opt_outs.add(connection, [number], source=opt_outs.REPLY, at=at)
    with ledger.read() as connection:
        assert [one.recipient for one in search(connection, text)] == found
        assert count(connection, text) == len(found)
        assert [one.recipient for one in search(connection, text, limit=1, offset=1)] == found[1:2]


FILES = [
    pytest.param(b"Phone,Name\n2025550101,A\n+12025550102,B\n", id="CSV with a header"),
    pytest.param(b"2025550101\n202-555-0102\n", id="bare list"),
    pytest.param(b"name;mobile\nA;2025550101\nB;2025550102\n", id="semicolons"),
]


@pytest.mark.parametrize("data", FILES)
def test_file_is_shown_before_anything_changes(ledger, settings, data):
    with ledger.write() as connection:
        opt_outs.add(connection, ["+12025550102"], source=opt_outs.REPLY, at=1.0)
    preview = preview_import(ledger, settings, data, file_name="list.csv")
    assert (preview.new, preview.known, preview.unread) == (("+12025550101",), ("+12025550102",), ())
    with ledger.read() as connection:
        assert count(connection) == 1


def test_import_adds_the_new_ones_once_and_says_where_they_come_from(ledger, settings):
    preview = preview_import(ledger, settings, b"phone\n2025550101\n2025550101\noops\n", file_name="../old list.csv")
    (unread,) = preview.unread
    assert (unread.row, unread.value) == (4, "oops")
    assert unread.message
    assert [import_numbers(ledger, SENDER, preview) for _ in range(2)] == [1, 0]
    with ledger.read() as connection:
        (found,) = search(connection)
    assert (found.source, found.note) == ("import", "From the file old list.csv")
    with pytest.raises(NotAllowed):
        import_numbers(ledger, VIEWER, preview)


def test_file_without_numbers_is_refused(ledger, settings):
    with pytest.raises(UploadError):
        preview_import(ledger, settings, b"name,city\nA,B\n", file_name="x.csv")


def test_export_opens_in_excel_and_imports_again(ledger, settings):
    with ledger.write() as connection:
        opt_outs.add(connection, ["+12025550101"], source=opt_outs.BY_HAND, at=1.0, note="=cmd|' /C calc'!A0")
        opt_outs.add(connection, ["+12025550102"], source=opt_outs.TWILIO, at=2.0)
    data = b"".join(export_csv(ledger))
    assert data.startswith(
        b"\xef\xbb\xbfphone,since,source,note\r\n+12025550101,1970-01-01T00:00:01+00:00,Added by hand,"
    )
    assert b"'=cmd" in data
    preview = preview_import(ledger, settings, data, file_name="again.csv")
    assert (preview.known, preview.new) == (("+12025550101", "+12025550102"), ())


def test_empty_list_exports_its_header(ledger):
    assert b"".join(export_csv(ledger)) == b"\xef\xbb\xbfphone,since,source,note\r\n"


def test_rows_of_a_bare_list_are_counted_as_the_file_shows_them(ledger, settings):
    preview = preview_import(ledger, settings, b"2025550101\nfoo\n2025550102\n", file_name="list.csv")
    assert [(one.row, one.value) for one in preview.unread] == [(2, "foo")]
