"""A kill in the middle of a merge or an answer loses nothing and doubles nothing: tried before every commit."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from mms.ledger.tables import campaigns, list_people, lists, rows
from mms.lists.merging import MergeMode, merge_into, save_new_list
from mms.opt_outs.replies import Inbound, receive
from mms.recipients import CheckOptions, check, read_upload
from mms.replies.answering import answer
from mms.roles import LOCAL_ADMIN

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of POSIX")
ROOT = Path(__file__).parents[2]
ACCOUNT, OURS, ANA = "AC" + "0" * 32, "+12125550199", "+12125550101"
FIRST = "Name,Mobile\n" + "".join(f"Old {n},+1212555{n:04d}\n" for n in range(100, 150))
LATER = "Name,Mobile,City\n" + "".join(f"New {n},+1212555{n:04d},Reno\n" for n in range(120, 199))

DYING = """
import os, signal, sys
from sqlalchemy import event
from mms import isolation
from mms.ledger import open_ledger
from mms.roles import LOCAL_ADMIN
from mms.settings import load_settings

isolation.decode_here()
ledger = open_ledger(load_settings())
left = int(sys.argv[1])


def die(_connection):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


event.listen(ledger.engine, "commit", die)
"""
MERGE = """
from mms.lists.merging import MergeMode, merge_into
from mms.recipients import CheckOptions, check, read_upload

upload = read_upload(sys.argv[2].encode(), file_name="later.csv")
checked = check(upload, CheckOptions(phone_column="Mobile", allow_fictional=True))
merge_into(ledger, checked, 1, MergeMode.REPLACE, by=LOCAL_ADMIN)
"""
ANSWER = """
from mms.replies.answering import answer

who = {"account_sid": sys.argv[3], "mode": "practice", "request_key": "click", "by": LOCAL_ADMIN}
answer(ledger, sys.argv[2], "Yes, we are", **who)
"""


def killed(settings, script, commit, *arguments):
    """Whether the process died before its commit of that number; False when it ended before."""
    environment = {**os.environ, "MMS_DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url}
    command = [sys.executable, "-c", DYING + script, str(commit), *arguments]
    code = subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode
    assert code in (0, -signal.SIGKILL)
    return code != 0


def checked(text):
    upload = read_upload(text.encode(), file_name="members.csv")
    return check(upload, CheckOptions(phone_column="Mobile", allow_fictional=True))


def people(ledger):
    with ledger.read() as connection:
        found = connection.execute(select(list_people.c.recipient, list_people.c.cells)).all()
        version = connection.execute(select(lists.c.version)).scalar_one()
    return {one.recipient: one.cells for one in found}, version


def test_a_merge_is_all_or_nothing(ledger, settings):
    list_id = save_new_list(ledger, checked(FIRST), "Members", by=LOCAL_ADMIN)
    before = people(ledger)
    assert killed(settings, MERGE, 1, LATER)
    assert people(ledger) == before
    merge_into(ledger, checked(LATER), list_id, MergeMode.REPLACE, by=LOCAL_ADMIN)
    after, version = people(ledger)
    assert (len(after), version) == (79, before[1] + 1)
    assert after["+12125550120"] == {"Name": "New 120", "City": "Reno"}


def test_an_answer_goes_out_once(ledger, settings):
    receive(ledger, Inbound("SM" + "1" * 32, ANA, OURS, "Are you open?", 0, None))
    commits = 1
    while killed(settings, ANSWER, commits, ANA, ACCOUNT):
        commits += 1
    answer(
        ledger, ANA, "Yes, we are", account_sid=ACCOUNT, mode="practice", request_key="click", by=LOCAL_ADMIN
    )  # the person presses again: the same click
    with ledger.read() as connection:
        states = connection.execute(select(campaigns.c.state)).scalars().all()
        numbers = connection.execute(select(rows.c.recipient)).scalars().all()
    assert commits > 1
    assert (states, numbers) == (["running"], [ANA])
