"""`send` and what follows it, from a spreadsheet to the report, in practice and against a server that is not ours."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pyarrow.parquet as pq
import pytest

AREAS = ["202", "213", "305", "404", "415", "512", "617", "702", "808", "916"]


def numbers(count):
    return [f"+1{AREAS[at // 80]}55501{at % 80:02}" for at in range(count)]


def write_list(path, phones):
    path.write_text("Phone,Name\n" + "".join(f"{phone},P{at}\n" for at, phone in enumerate(phones)))
    return path


def report_of(line, campaign_id, tmp_path):
    out = tmp_path / "report.csv"
    assert line.run("report", str(campaign_id), "-o", str(out)).returncode == 0
    return list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))


def wait_until(line, campaign_id, states):
    for _ in range(400):
        found = line.json("show", str(campaign_id))
        if found["state"] in states:
            return found
    raise AssertionError(found)


def test_every_row_is_accounted_for_and_ready_ones_arrive_once(command_line, tmp_path):
    phones = numbers(60)
    file = write_list(tmp_path / "list.csv", [*phones, "555-0101", phones[0], "not a number", ""])
    run = command_line.send(file, "--skip-problems", "--json", "--report", str(tmp_path / "out.csv"))
    number = str(json.loads(run.stdout)["id"])
    on_output = command_line.run("report", number, number, "-o", "-").stdout.decode("utf-8-sig")
    assert [int(line["row"]) for line in csv.DictReader(io.StringIO(on_output))] == list(range(2, 66))
    assert command_line.run("report", number, "999", "-o", "-").returncode == 2
    assert command_line.run("export", "--campaign", number, "-o", str(tmp_path / "data")).returncode == 0
    assert pq.read_table(tmp_path / "data" / "rows.parquet")["row"].to_pylist() == list(range(2, 66))
    assert command_line.run("export", "--campaign", "999", "-o", str(tmp_path / "none")).returncode == 2
    shown = json.loads(run.stdout)
    assert (run.returncode, shown["state"], shown["rows"]) == (1, "finished", 64)
    assert sum(shown["counts"].values()) == 64
    assert Counter(one["form"]["To"][0] for one in command_line.practice().requests()) == Counter(phones)
    lines = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    assert [int(line["row"]) for line in lines] == list(range(2, 66))
    assert [line["reason"] for line in lines[60:]] == ["not_mended", "duplicate", "not_mended", "not_mended"]


def test_a_clean_list_exits_with_0(command_line, tmp_path):
    run = command_line.send(write_list(tmp_path / "list.csv", numbers(5)))
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    ("phones", "options", "said"),
    [
        pytest.param(["12"], ["--yes"], b"--skip-problems", id="rows to mend"),
        pytest.param(numbers(2), [], b"--yes", id="no yes"),
        pytest.param(numbers(2), ["--yes", "--at", "tomorrow"], b"--at", id="a start that is no time"),
        pytest.param(numbers(2), ["--yes", "--at", "2020-01-01T10:00:00Z"], b"past", id="a start in the past"),
        pytest.param(numbers(2), ["--yes", "--at", "2027-03-14T02:30"], b"does not exist", id="a start that is not"),
        pytest.param(numbers(2), ["--yes", "--at", "2027-11-07T01:30"], b"01:30:00-05:00", id="a start that is twice"),
        pytest.param(
            numbers(2), ["--yes", "--not-after", "2020-01-01T10:00Z"], b"past", id="a last moment in the past"
        ),
        pytest.param(numbers(2), ["--yes", "--body", "Hi {Name"], b"partner", id="a brace without partner"),
        pytest.param(numbers(2), ["--yes", "--body", "Hi {Nmae}"], b"Name", id="an unknown merge field"),
        pytest.param(numbers(2), ["--yes", "--report", "out.txt"], b".csv", id="a report of another type"),
        pytest.param(numbers(2), ["--yes", "--from", "ACME"], b"sender", id="a sender that is none"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_sent(command_line, tmp_path, phones, options, said):
    file = write_list(tmp_path / "list.csv", phones)
    body = [] if "--body" in options else ["--body", "Hi"]
    command_line.environment["TZ"] = "America/New_York"
    run = command_line.run("send", str(file), *body, *options)
    assert run.returncode == 2
    assert said in run.stderr
    assert b"Traceback" not in run.stderr
    assert json.loads(command_line.run("campaigns", "--json").stdout) == []


def test_a_start_without_offset_names_its_zone_and_is_told_everywhere(command_line, tmp_path):
    command_line.environment["TZ"] = "America/New_York"
    file = write_list(tmp_path / "list.csv", numbers(2))
    options = ["--yes", "--no-wait", "--no-media-check", "--body", "Hi"]
    sent = command_line.run("send", str(file), *options, "--at", "2027-06-01T09:00", "--not-after", "2027-06-01T20:00Z")
    assert b"It starts 2027-06-01 09:00 (America/New_York)." in sent.stderr
    assert b"starts 2027-06-01T13:00:00+00:00" in sent.stdout
    (shown,) = json.loads(command_line.run("campaigns", "--json").stdout)
    assert (shown["start_at"], shown["state"]) == ("2027-06-01T13:00:00+00:00", "scheduled")
    assert b"2027-06-01T13:00:00+00:00" in command_line.run("campaigns").stdout
    assert b"start_at: 2027-06-01T13:00:00+00:00" in command_line.run("show", str(shown["id"])).stdout


def test_a_start_of_another_zone_is_said_in_both(command_line, tmp_path):
    command_line.environment["TZ"] = "Europe/Berlin"
    file = write_list(tmp_path / "list.csv", numbers(2))
    options = ["--yes", "--no-wait", "--no-media-check", "--body", "Hi", "--at", "2027-06-01T09:00-05:00"]
    sent = command_line.run("send", str(file), *options)
    assert b"2027-06-01 09:00 (UTC-05:00), which is 2027-06-01 16:00 here (Europe/Berlin)" in sent.stderr


def test_the_same_campaign_again_wants_a_word(command_line, tmp_path):
    file = write_list(tmp_path / "list.csv", numbers(3))
    assert command_line.send(file).returncode == 0
    renamed = write_list(tmp_path / "renamed.csv", list(reversed(numbers(3))))
    renamed.write_text(file.read_text())
    again = command_line.send(renamed)
    assert (again.returncode, len(command_line.practice().requests())) == (2, 3)
    assert command_line.send(renamed, "--allow-repeat").returncode == 0


def test_a_server_that_is_not_ours_works_the_same(live, foreign, tmp_path):
    phones = numbers(30)
    file = write_list(tmp_path / "list.csv", phones)
    run = live.send(file, "--any-hour", "--json", "--media-url", "https://example.com/a.jpg", "--no-media-check")
    assert run.returncode == 0, run.stderr
    assert Counter(form["To"][0] for form in foreign.received) == Counter(phones)
    assert {tuple(form["From"]) for form in foreign.received} == {("+12025550199",)}
    assert {tuple(form["MediaUrl"]) for form in foreign.received} == {("https://example.com/a.jpg",)}
    lines = report_of(live, json.loads(run.stdout)["id"], tmp_path)
    assert {line["message_sid"] for line in lines} == {str(one["sid"]) for one in foreign.messages}


@pytest.mark.skipif(os.name == "nt", reason="a terminal is a pty")
@pytest.mark.parametrize(
    ("answers", "received"),
    [
        pytest.param(("n",), 0, id="no test message yet, and that is not wanted"),
        pytest.param(("y", "4"), 0, id="another number typed"),
        pytest.param(("y", "3", "y"), 3, id="everything said"),
    ],
)
def test_a_terminal_is_asked_before_real_people_get_it(live, foreign, tmp_path, answers, received):
    live.environment["MMS_CONFIRM_ABOVE"] = "3"
    live.start_worker()
    file = write_list(tmp_path / "list.csv", numbers(3))
    terminal, theirs = os.openpty()
    os.write(terminal, "".join(f"{one}\n" for one in answers).encode())
    run = subprocess.run(
        [sys.executable, "-m", "mms", "send", str(file), "--body", "Hi {Name|there}", "--rate", "0", "--any-hour"],
        cwd=live.folder,
        env=live.full_environment,
        stdin=theirs,
        capture_output=True,
        check=False,
        timeout=200,
    )
    for end in (terminal, theirs):
        os.close(end)
    assert (run.returncode, len(foreign.received)) == (0 if received else 2, received)
    assert b"3 numbers of another Twilio" in run.stderr
    assert b"Hi {Name|there}" in run.stderr


def test_a_refused_row_does_not_stop_the_others(live, foreign, tmp_path):
    foreign.errors = [(400, 21211)]
    run = live.send(write_list(tmp_path / "list.csv", numbers(10)), "--any-hour", "--json")
    counts = json.loads(run.stdout)["counts"]
    assert (run.returncode, counts["refused"], len(foreign.received)) == (1, 1, 9)


def test_a_bad_token_stops_before_the_first_message(live, foreign, tmp_path):
    foreign.refuse_sign_in = True
    run = live.send(write_list(tmp_path / "list.csv", numbers(3)), "--any-hour")
    assert (run.returncode, foreign.received) == (3, [])
    assert b"token" in run.stderr


def test_an_account_error_in_the_middle_stops_and_can_be_resumed(live, foreign, tmp_path):
    foreign.errors = [(400, 21606)]
    file = write_list(tmp_path / "list.csv", numbers(40))
    run = live.send(file, "--any-hour", "--json", "--max-in-flight", "1")
    stopped = json.loads(run.stdout)
    assert (run.returncode, stopped["state"]) == (3, "stopped")
    assert live.run("resume", str(stopped["id"])).returncode == 0
    assert wait_until(live, stopped["id"], {"finished"})["rows"] == 40
    assert Counter(form["To"][0] for form in foreign.received) == Counter(numbers(40))


def test_kill_in_the_middle_loses_and_doubles_nothing(live, foreign, tmp_path):
    worker = live.start_worker()
    file = write_list(tmp_path / "list.csv", numbers(400))
    run = live.run(*("send", str(file), "--body", "Hi", "--rate", "150", "--any-hour", "--no-wait", "--json", "--yes"))
    campaign_id = json.loads(run.stdout)["id"]
    while len(foreign.received) < 100:
        assert worker.poll() is None
        time.sleep(0.02)
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    live.workers = [live.start("worker")]
    shown = wait_until(live, campaign_id, {"finished"})
    assert shown["counts"]["accepted"] + shown["counts"]["sent"] == 400
    assert Counter(form["To"][0] for form in foreign.received) == Counter(numbers(400))


def test_kill_while_versions_are_tried_and_while_the_rest_goes_doubles_nobody(live, foreign, tmp_path):
    worker = live.start_worker()
    file = write_list(tmp_path / "list.csv", numbers(300))
    versions = ("--version", "Hello {Name}", "--test-share", "50")
    told = ("--rate", "150", "--any-hour", "--no-wait", "--json", "--yes")
    run = live.run("send", str(file), "--body", "Hi {Name}", *versions, *told)
    assert run.returncode == 0, run.stderr
    number = str(json.loads(run.stdout)["id"])
    for received in (60, 200):
        while len(foreign.received) < received:
            assert worker.poll() is None
            time.sleep(0.02)
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        live.workers = [worker := live.start("worker")]
        if received < 150:
            wait_until(live, number, {"paused"})
            bodies = Counter(form["Body"][0].split()[0] for form in foreign.received)
            assert bodies == {"Hi": 75, "Hello": 75}
            assert live.run("resume", number).returncode == 2
            assert live.run("choose", number, "B").returncode == 0
    wait_until(live, number, {"finished"})
    assert Counter(form["To"][0] for form in foreign.received) == Counter(numbers(300))
    assert Counter(form["Body"][0].split()[0] for form in foreign.received) == {"Hi": 75, "Hello": 225}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--version", "Hi {Town}"], "no such column"),
        (["--version", "Hi {Name|there}"], "say the same"),
        (["--version", "B", "--version", "C", "--version", "D"], "versions at most"),
        (["--version", "B", "--test-rule", "clicks"], "links must be short"),
        (["--version", "B", "--test-share", "1"], "Take a larger share"),
        (["--version", "B {"], "no partner"),
        (["--version-media-url", "https://a.example/x.jpg"], "B=https"),
    ],
)
def test_versions_that_make_no_sense_are_refused(command_line, tmp_path, options, said):
    run = command_line.send(write_list(tmp_path / "list.csv", numbers(5)), *options)
    assert run.returncode == 2
    assert said in run.stderr.decode()
    assert command_line.json("campaigns") == []


def test_ctrl_c_leaves_the_campaign_paused_and_resumable(live, foreign, tmp_path):
    live.start_worker()
    file = write_list(tmp_path / "list.csv", numbers(30))
    sending = live.start("send", str(file), "--body", "Hi", "--rate", "5", "--any-hour", "--yes")
    while not foreign.received:
        assert sending.poll() is None
        time.sleep(0.02)
    sending.send_signal(signal.SIGINT)
    sending.communicate(timeout=60)
    assert sending.returncode == 130
    assert live.json("show", "1")["state"] == "paused"
    assert live.run("cancel", "1").returncode == 0
    ended = live.json("show", "1")
    assert (ended["state"], ended["counts"]["ready"]) == ("canceled", 0)


def test_doctor_finds_a_healthy_installation(command_line):
    run = command_line.run("doctor")
    assert run.returncode == 0, run.stdout
    assert b"Nothing leaves this computer" in run.stdout


def test_opt_outs_are_left_out(command_line, tmp_path):
    phones = numbers(4)
    assert command_line.run("opt-outs", "add", phones[1]).returncode == 0
    run = command_line.send(write_list(tmp_path / "list.csv", phones), "--json")
    assert json.loads(run.stdout)["counts"]["skipped"] == 1
    assert phones[1] not in {one["form"]["To"][0] for one in command_line.practice().requests()}
    assert phones[1].encode() in command_line.run("opt-outs", "list").stdout
    assert command_line.run("opt-outs", "remove", phones[1]).returncode == 0


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_sends_of_one_file_in_the_same_moment_text_everybody_once(command_line, database, request, tmp_path):
    if database == "postgresql":
        command_line.environment["DATABASE_URL"] = request.getfixturevalue("postgres_database")
    file = write_list(tmp_path / "same.csv", numbers(60))
    command_line.start_worker()
    arguments = ["send", str(file), "--body", "Hi {Name|there}", "--rate", "0", "--yes"]
    both = [command_line.start(*arguments) for _ in range(2)]
    ended = [(*process.communicate(timeout=200), process.returncode) for process in both]
    assert sorted(code for *_, code in ended) == [0, 2]
    said = next(errors.decode() for _, errors, code in ended if code == 2)
    assert "campaign 1 " in said or "campaign 2 " in said  # whichever was let go first
    assert "nothing was sent" in said
    accepted = [one["form"]["To"][0] for one in command_line.practice().requests() if one["sid"]]
    assert len(accepted) == len(set(accepted)) == 60


def test_what_another_program_sent_today_is_said_before_it_sends(live, foreign, tmp_path):
    phones = numbers(5)
    for phone in phones[:2]:
        foreign.create({"To": [phone], "From": ["+12025550199"], "Body": ["from another laptop"]})
    run = live.send(write_list(tmp_path / "list.csv", phones), "--any-hour")
    assert run.returncode == 0, run.stderr
    assert b"Note: 2 of these people got a message from this account in the last 24 hours that this" in run.stderr
    again = live.send(write_list(tmp_path / "list.csv", phones[3:]), "--any-hour", "--allow-repeat")
    assert b"did not send" not in again.stderr, "what this installation sent is known to it"
