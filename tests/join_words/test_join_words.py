"""People who text a word: joined with their consent and welcomed once, whatever they text again and whatever dies."""

import os
import signal
import subprocess
import sys
from math import floor
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from mms.errors import MmsError, NotAllowed
from mms.join_words.handling import JoinResult, take_joins
from mms.join_words.printing import qr_code, sms_link
from mms.join_words.words import NewWord, add_word, all_words, delete_word
from mms.ledger import opt_outs
from mms.ledger.tables import campaigns, join_words, joins, list_people, replies, rows
from mms.lists.conditions import Moment
from mms.lists.merging import save_new_list
from mms.lists.people import people_of
from mms.lists.saved_lists import delete_list
from mms.opt_outs.asking import is_due
from mms.opt_outs.replies import Inbound, receive
from mms.picture_templates.codes import read_codes
from mms.recipients import CheckOptions, check, read_upload
from mms.roles import LOCAL_ADMIN, Role, User

ACCOUNT = "AC" + "0" * 32
OURS, OTHER, ANA, BEN = "+12125550199", "+12125550198", "+12125550101", "+12125550102"
VIEWER = User("Vera", None, Role.VIEWER)
PICTURE = "https://pictures.example/welcome.jpg"


@pytest.fixture
def members(ledger):
    upload = read_upload(b"Name,Mobile\nBen,+12125550102\n", file_name="members.csv")
    checked = check(upload, CheckOptions(phone_column="Mobile", allow_fictional=True))
    return save_new_list(ledger, checked, "Members", by=LOCAL_ADMIN)


def word(ledger, members, text="JOIN", *, by=LOCAL_ADMIN, **changes):
    new = NewWord(**{"word": text, "address": OURS, "list_id": members, "welcome": "Welcome", **changes})
    return add_word(ledger, new, account_sid=ACCOUNT, mode="practice", by=by)


def wrote(ledger, text, *, sender=ANA, to=OURS):
    with ledger.read() as connection:
        count = len(connection.execute(select(joins.c.id)).all())
    sid = f"SM{os.urandom(16).hex()}"
    receive(ledger, Inbound(sid, sender, to, text, 0, None))
    take_joins(ledger, ACCOUNT)
    with ledger.read() as connection:
        found = list(connection.execute(select(joins.c.result).order_by(joins.c.id)).scalars())
    return found[count:]


def sent(ledger):
    query = select(campaigns.c.body, rows.c.recipient).join(rows, rows.c.campaign_id == campaigns.c.id)
    with ledger.read() as connection:
        return [(one.body, one.recipient) for one in connection.execute(query.order_by(campaigns.c.id))]


def people(ledger, list_id):
    with ledger.read() as connection:
        now = ledger.now(connection)
        found = people_of(connection, list_id, Moment(now, __import__("datetime").date(2026, 1, 1), "practice"))
    return {one.recipient: one for one in found}


def test_a_word_is_enough_and_consent_is_kept_with_time_words_and_number(ledger, members):
    word(ledger, members, welcome_media=(PICTURE,))
    assert wrote(ledger, " Join! ") == [JoinResult.JOINED]
    ana = people(ledger, members)[ANA]
    assert (ana.consent_text, ana.consent_source) == ("“Join!”", f"the word JOIN texted to {OURS}")
    assert ana.consent_at is not None
    assert sent(ledger) == [("Welcome", ANA)]
    with ledger.read() as connection:
        assert connection.execute(select(campaigns.c.media_urls)).scalar_one() == [PICTURE]


def test_twilios_times_are_whole_seconds(ledger, members):
    word(ledger, members)
    receive(ledger, Inbound("SM" + "7" * 32, ANA, OURS, "JOIN", 0, None))
    with ledger.write() as connection:
        at = ledger.now(connection)
        connection.execute(join_words.update().values(created_at=floor(at) + 0.9))
        connection.execute(replies.update().values(at=floor(at)))
    assert take_joins(ledger, ACCOUNT) == 1


def test_twice_is_once(ledger, members):
    word(ledger, members)
    assert [wrote(ledger, "JOIN"), wrote(ledger, "join")] == [[JoinResult.JOINED], [JoinResult.ALREADY]]
    assert sent(ledger) == [("Welcome", ANA)]


def test_who_is_in_the_list_by_file_keeps_it_and_gets_consent_where_none_stood(ledger, members):
    word(ledger, members)
    assert wrote(ledger, "JOIN", sender=BEN) == [JoinResult.JOINED]
    ben = people(ledger, members)[BEN]
    assert (ben.cells, ben.consent_text) == ({"Name": "Ben"}, "“JOIN”")


def test_double_opt_in_asks_and_joins_by_yes(ledger, members):
    word(ledger, members, ask="Reply YES")
    assert wrote(ledger, "JOIN") == [JoinResult.ASKED]
    assert ANA not in people(ledger, members)
    assert wrote(ledger, "JOIN") == [JoinResult.ALREADY]
    assert wrote(ledger, "Yes.") == [JoinResult.JOINED]
    assert people(ledger, members)[ANA].consent_text == "“JOIN”, confirmed with “Yes.” to: Reply YES"
    assert wrote(ledger, "yes") == []
    assert sent(ledger) == [("Reply YES", ANA), ("Welcome", ANA)]


def test_yes_of_somebody_who_asked_for_nothing_is_an_ordinary_message(ledger, members):
    word(ledger, members, ask="Reply YES")
    assert wrote(ledger, "YES") == []
    assert sent(ledger) == []


def test_after_stop_nothing_is_sent_until_start(ledger, members):
    word(ledger, members)
    wrote(ledger, "STOP")
    assert wrote(ledger, "JOIN") == [JoinResult.OPTED_OUT]
    assert (sent(ledger), ANA in people(ledger, members)) == ([], False)
    assert wrote(ledger, "START") == [JoinResult.JOINED]
    assert sent(ledger) == [("Welcome", ANA)]


def test_who_left_and_came_back_is_welcomed_again(ledger, members):
    word(ledger, members)
    wrote(ledger, "JOIN")
    wrote(ledger, "STOP")
    assert wrote(ledger, "START") == []
    assert wrote(ledger, "JOIN") == [JoinResult.JOINED]
    assert len(sent(ledger)) == 2
    with ledger.write() as connection:
        connection.execute(delete(list_people).where(list_people.c.recipient == ANA))
    assert wrote(ledger, "JOIN") == [JoinResult.JOINED]


def test_several_words_of_a_number_each_with_its_list(ledger, members):
    upload = read_upload(b"Mobile\n+12125550103\n", file_name="vip.csv")
    checked = check(upload, CheckOptions(phone_column="Mobile", allow_fictional=True))
    vip = save_new_list(ledger, checked, "VIP", by=LOCAL_ADMIN)
    word(ledger, members)
    word(ledger, vip, "VIP")
    assert wrote(ledger, "vip") == [JoinResult.JOINED]
    assert (ANA in people(ledger, vip), ANA in people(ledger, members)) == (True, False)


@pytest.mark.parametrize("text", ["I want to join", "JOINED", "JOIN the club please", "no"])
def test_an_ordinary_message_joins_nobody(ledger, members, text):
    word(ledger, members)
    assert wrote(ledger, text) == []


def test_another_number_and_what_came_before_the_word_join_nobody(ledger, members):
    assert wrote(ledger, "JOIN") == []
    with ledger.write() as connection:
        connection.execute(replies.update().values(at=replies.c.at - 60))
    word(ledger, members)
    take_joins(ledger, ACCOUNT)
    assert wrote(ledger, "JOIN", to=OTHER) == []
    assert sent(ledger) == []


def test_a_word_is_gone_with_its_list(ledger, members):
    word(ledger, members)
    delete_list(ledger, members, by=LOCAL_ADMIN)
    assert wrote(ledger, "JOIN") == []


def test_people_are_asked_about_although_no_campaign_was_sent(ledger, members):
    with ledger.read() as connection:
        assert not is_due(connection, ACCOUNT, ledger.now(connection))
    word(ledger, members)
    with ledger.read() as connection:
        assert is_due(connection, ACCOUNT, ledger.now(connection))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        *(({"text": one}, "word") for one in ("STOP", "yes", "Help", "start", "QUIT", "optout", "INFO", "arret")),
        *(({"text": one}, "word") for one in ("", "two words", "a", "x" * 21, "jo-in")),
        ({"address": "MG" + "0" * 32}, "bad_sender"),
        ({"list_id": 99}, "no_such_list"),
        ({"welcome": " "}, "message_empty"),
        ({"ask": ""}, "message_empty"),
        ({"text": "taken"}, "word_taken"),
    ],
)
def test_what_cannot_be_a_word_is_said(ledger, members, changes, code):
    word(ledger, members, "Taken")
    with pytest.raises(MmsError) as error:
        word(ledger, members, **changes)
    assert error.value.code == code


def test_a_viewer_changes_no_word(ledger, members):
    made = word(ledger, members)
    with pytest.raises(NotAllowed):
        word(ledger, members, "VIP", by=VIEWER)
    with pytest.raises(NotAllowed):
        delete_word(ledger, made, by=VIEWER)
    delete_word(ledger, made, by=LOCAL_ADMIN)
    with ledger.read() as connection:
        assert all_words(connection, ACCOUNT) == []


def test_link_and_code_for_a_poster(ledger, members):
    from io import BytesIO

    from PIL import Image

    word(ledger, members)
    with ledger.read() as connection:
        (one,) = all_words(connection, ACCOUNT)
    assert sms_link(one) == f"sms:{OURS}?&body=JOIN"
    with Image.open(BytesIO(qr_code(one))) as image:
        assert read_codes(image, "qr") == [f"SMSTO:{OURS}:JOIN"]


KILLED = """
import os, signal, sys
from sqlalchemy import event
from mms.join_words.handling import take_joins
from mms.ledger import open_ledger
from mms.settings import load_settings

ledger = open_ledger(load_settings())
left = int(sys.argv[1])


def die(connection):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


event.listen(ledger.engine, "commit", die)
take_joins(ledger, sys.argv[2])
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of POSIX")
def test_a_kill_before_any_commit_welcomes_neither_twice_nor_never(ledger, members, settings):
    word(ledger, members)
    environment = {**os.environ, "MMS_DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url}
    for commit in range(1, 5):
        person = f"+1212555{110 + commit:04d}"
        receive(ledger, Inbound(f"SM{commit:032d}", person, OURS, "JOIN", 0, None))
        command = [sys.executable, "-c", KILLED, str(commit), ACCOUNT]
        code = subprocess.run(command, env=environment, cwd=Path(__file__).parents[2], check=False).returncode
        take_joins(ledger, ACCOUNT)
        take_joins(ledger, ACCOUNT)
        assert [number for _, number in sent(ledger)].count(person) == 1
        assert person in people(ledger, members)
        if code != -signal.SIGKILL:
            break
    assert commit > 1  # at least one kill was tried


def test_an_opt_out_between_is_seen(ledger, members):
    word(ledger, members, ask="Reply YES")
    wrote(ledger, "JOIN")
    with ledger.write() as connection:
        opt_outs.add(connection, [ANA], source="by_hand", at=ledger.now(connection))
    # YES takes a person off our list like START, as with Twilio; what they confirm then is their own word.
    assert wrote(ledger, "YES") == [JoinResult.JOINED]
