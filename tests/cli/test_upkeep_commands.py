"""Commands for whoever looks after the installation: suppression lists, keys, backup and restore, the stand-in."""

import json
import sqlite3
import time

from filelock import FileLock


def until(holds):
    give_up = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.1)


def test_a_suppression_list_is_imported_whole_or_with_reasons(command_line):
    run = command_line.run("opt-outs", "import", "-", stdin=b"202-555-0101\n(202) 555-0102\nnot a number\n")
    assert run.returncode == 1
    assert b"2 added" in run.stderr
    assert b"not a number" in run.stderr
    listed = command_line.run("opt-outs", "list").stdout
    assert b"+12025550101" in listed
    assert b"+12025550102" in listed


def test_a_typo_adds_nothing(command_line):
    run = command_line.run("opt-outs", "add", "202-555-0101", "202-555-01")
    assert run.returncode == 2
    assert b"Traceback" not in run.stderr
    assert b"+1202" not in command_line.run("opt-outs", "list").stdout


def test_a_key_is_shown_once_and_revoked(command_line):
    key = command_line.run("api-keys", "add", "shop").stdout.strip()
    assert key
    assert key not in command_line.run("api-keys", "list").stdout
    assert command_line.run("api-keys", "revoke", "shop").returncode == 0
    assert b"revoked" in command_line.run("api-keys", "list").stdout


def test_changes_of_a_keys_messages_go_to_its_address(command_line):
    command_line.run("api-keys", "add", "shop")
    told = command_line.run("api-keys", "status-url", "shop", "https://shop.example/mms")
    assert (told.returncode, told.stdout[:6]) == (0, b"whsec_")
    assert b"https://shop.example/mms" in command_line.run("api-keys", "list").stdout
    refused = command_line.run("api-keys", "status-url", "shop", "http://10.0.0.1/")
    assert (refused.returncode, b"https://" in refused.stderr) == (2, True)
    assert command_line.run("api-keys", "status-url", "shop").returncode == 2
    assert command_line.run("api-keys", "status-url", "shop", "--off").returncode == 0
    assert b"shop.example" not in command_line.run("api-keys", "list").stdout


def test_backup_and_restore(command_line, tmp_path):
    command_line.run("opt-outs", "add", "202-555-0101")
    copy = tmp_path / "copy.zip"
    assert command_line.run("backup", str(copy)).returncode == 0
    command_line.run("opt-outs", "remove", "202-555-0101")
    restored = command_line.run("restore", str(copy))
    assert restored.returncode == 0, restored.stderr
    assert b"+12025550101" in command_line.run("opt-outs", "list").stdout
    with sqlite3.connect(command_line.folder / "data" / "mms.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_the_stand_in_prints_settings_that_work(command_line):
    practice = command_line.start("practice")
    command_line.workers.append(practice)  # ended with the test
    lines = [practice.stdout.readline().decode().strip() for _ in range(5)]
    command_line.environment = dict(line.split("=", 1) for line in lines)
    run = command_line.run("doctor")
    assert run.returncode == 0, run.stdout
    assert b"Mode: live" in run.stdout


def test_stop_ends_worker_and_stand_in_and_says_what_was_under_way(command_line, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("Phone\n" + "".join(f"+120255501{number:02}\n" for number in range(40)))
    sent = command_line.run("send", str(people), "--body", "Hello", "--rate", "1", "--no-wait", "--json", "--yes")
    made = json.loads(sent.stdout)["id"]
    until(lambda: command_line.json("show", str(made))["counts"]["ready"] < 40)
    stopped = command_line.run("stop")
    assert stopped.returncode == 0, stopped.stderr
    assert f"campaign {made} (".encode() in stopped.stderr
    assert b"The stand-in for Twilio has ended" in stopped.stderr
    before = command_line.json("show", str(made))["counts"]
    assert before["sending"] == 0
    assert before["ready"] > 0
    assert b"Nothing ran" in command_line.run("stop").stderr
    assert command_line.json("show", str(made))["counts"] == before


def test_service_worker_waits_for_its_turn_and_takes_over(command_line):
    first, second = command_line.start_worker(), command_line.start_worker()
    log = command_line.folder / "data"
    until(lambda: any(log.glob("worker-*.lock")))
    first.terminate()
    first.wait(30)
    until(lambda: b"worker has ended" in command_line.run("stop").stderr)
    assert second.wait(30) == 0


def test_restore_and_stop_are_refused_while_a_dashboard_runs(command_line, tmp_path):
    copy = tmp_path / "copy.zip"
    command_line.run("campaigns")
    command_line.run("backup", str(copy))
    with FileLock(command_line.folder / "data" / "dashboard.lock"):
        for command in (("restore", str(copy)), ("stop",)):
            refused = command_line.run(*command)
            assert refused.returncode == 2
            assert b"ashboard" in refused.stderr
    assert command_line.run("restore", str(copy)).returncode == 0
