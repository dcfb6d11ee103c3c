"""Commands for whoever looks after the installation: suppression lists, keys, backup and restore, the stand-in."""

import sqlite3


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
