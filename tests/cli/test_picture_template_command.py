"""`check` and `send --picture-template`: every person's picture, from the file to the message at the stand-in."""

import json

from mms.ledger import open_ledger
from mms.settings import settings_from
from tests.coupons.giving_tools import coupon_template

LIST = "Phone,Name\n+12125550151,Ana\n+12125550152,Γιώργος\n+12125550153,Jos\ufffd\n"


def test_pictures_are_checked_sent_and_reported(command_line, tmp_path):
    ledger = open_ledger(settings_from({"MMS_DATA_DIR": str(tmp_path / "data"), "MMS_MODE": "practice"}))
    coupon_template(ledger, name="Spring coupon", codes=10)
    ledger.close()
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding="utf-8")
    template = ("--picture-template", "Spring coupon")
    for depth in ((), ("--pictures", "all")):
        found = json.loads(command_line.run("check", str(file), *template, *depth, "--json").stdout)
        assert [(one["row"], one["column"], one["code"]) for one in found["problems"]] == [(4, "Name", "picture_glyph")]
        assert found["ready"] == 2
    assert command_line.run("check", str(file), "--picture-template", "Gone").returncode == 2
    assert command_line.run("send", str(file), *template, "--body", "{coupon}", "--yes").returncode == 2
    report = tmp_path / "report.csv"
    sent = command_line.send(file, *template, "--skip-problems", "--report", str(report))
    assert sent.returncode == 1, sent.stderr.decode()
    lines = report.read_text(encoding="utf-8-sig").splitlines()
    assert [line.rsplit(",", 1)[1] for line in lines] == ["coupon", "CODE-0000", "CODE-0001", ""]
