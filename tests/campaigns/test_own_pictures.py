"""A picture for each person, from the launch to the bytes that are fetched."""

import io
import os

import cv2
import numpy as np
import pytest
from launching import checked_list, rows_of
from launching import launch as launch_list
from PIL import Image

from mms.campaigns.launch.submission import Content
from mms.campaigns.pictures.drawing_all import WantedPicture, draw_all
from mms.campaigns.pictures.drawn_pictures import DrawnPictures, painter_of
from mms.campaigns.pictures.media_check import NOTHING_FOUND
from mms.campaigns.pictures.own_picture import own_picture
from mms.campaigns.pictures.own_picture_check import drawn, sketched, with_own_pictures
from mms.campaigns.pictures.row_media_problems import with_picture_problems
from mms.errors import CampaignError
from mms.media.store.picture_store import FolderStore
from mms.picture_templates.drawn_folder import drawn_folder, forget_unused
from mms.picture_templates.saved import (
    all_templates,
    delete_template,
    save_template,
    template_named,
    template_of_version,
)
from mms.retention.person import erase_person
from mms.roles import LOCAL_ADMIN
from mms.states import RowState
from tests.coupons.giving_tools import background, coupon_template

LIST = "Phone,Name\n2025550101,Ana\n2025550102,Γιώργος\n2025550103,Jos\ufffd\n2025550104," + "x" * 300 + "\n"
SENDER = "+12025550199"


def launched(settings, ledger, text=LIST):
    said = Content("Hi {Name}, show {coupon}", (), own_picture(ledger, "Coupon"))
    checked = checked_list(settings, ledger, text, said)
    return launch_list(ledger, checked, said, settings=settings)


def test_rows_whose_picture_is_wrong_are_skipped_and_named_before_any_goes_out(settings, ledger):
    coupon_template(ledger)
    found = rows_of(ledger, launched(settings, ledger))
    assert [(one.state, one.problem) for one in found] == [
        (RowState.READY, None),
        (RowState.READY, None),
        (RowState.SKIPPED, "picture_glyph"),
        (RowState.SKIPPED, "picture_text_too_long"),
    ]
    names = [one.picture for one in found]
    assert len(set(names)) == 4
    assert not any("Ana" in name or "2025550101" in name for name in names)


def test_what_is_fetched_is_the_persons_picture_and_the_same_each_time(settings, ledger, tmp_path):
    coupon_template(ledger)
    row = rows_of(ledger, launched(settings, ledger))[0]
    kept = DrawnPictures(ledger, FolderStore(drawn_folder(settings))).read(row.picture)
    anew = DrawnPictures(ledger, FolderStore(tmp_path / "elsewhere")).read(row.picture)
    assert kept == anew
    pixels = np.array(Image.open(io.BytesIO(kept or b"")))
    assert cv2.QRCodeDetector().detectAndDecode(pixels)[0] == row.coupon


def test_no_other_name_gives_a_picture(settings, ledger):
    coupon_template(ledger)
    row = rows_of(ledger, launched(settings, ledger))[0]
    drawn_pictures = DrawnPictures(ledger, FolderStore(drawn_folder(settings)))
    wrong = ("0" if row.picture[0] != "0" else "1") + row.picture[1:]
    assert drawn_pictures.read(wrong) is None
    assert drawn_pictures.read("../" + row.picture) is None


def test_the_check_names_the_same_rows_with_and_without_drawing(settings, ledger):
    coupon_template(ledger)
    said = Content("Hi {Name}", (), own_picture(ledger, "Coupon"))
    checked = checked_list(settings, ledger, LIST, said)
    measured = sketched(ledger, checked, said.own)
    assert not drawn_folder(settings).exists()
    assert {row: one.code for row, one in measured.items()} == {4: "picture_glyph", 5: "picture_text_too_long"}
    assert drawn(settings, ledger, checked, said.own) == measured
    shown = with_picture_problems(checked, said.template, with_own_pictures(NOTHING_FOUND, checked, measured))
    assert [(one.row, one.column, one.code) for one in shown.problems] == [
        (4, "Name", "picture_glyph"),
        (5, "Name", "picture_text_too_long"),
    ]
    assert shown.ready == 2


def test_an_unchanged_picture_is_not_drawn_again(settings, ledger):
    coupon_template(ledger)
    said = Content("Hi {Name}", (), own_picture(ledger, "Coupon"))
    checked = checked_list(settings, ledger, LIST, said)
    drawn(settings, ledger, checked, said.own)
    before = {path.name: path.stat().st_mtime_ns for path in drawn_folder(settings).iterdir()}
    drawn(settings, ledger, checked, said.own)
    launched(settings, ledger)
    assert {path.name: path.stat().st_mtime_ns for path in drawn_folder(settings).iterdir()} == before


def test_a_missing_value_is_a_row_to_mend_and_a_fallback_cures_it(settings, ledger):
    coupon_template(ledger)
    said = Content("Hi", (), own_picture(ledger, "Coupon"))
    checked = checked_list(settings, ledger, "Phone,Name\n2025550101,\n", said)
    assert [one.code for one in checked.problems] == ["missing_value"]


def test_a_picture_alone_is_a_message(settings, ledger):
    coupon_template(ledger)
    said = Content("", (), own_picture(ledger, "Coupon"))
    assert checked_list(settings, ledger, "Phone,Name\n2025550101,Ana\n", said).ready == 1


def test_codes_from_a_column_need_no_pool(settings, ledger):
    coupon_template(ledger, pool=None)
    text = "Phone,Name,Coupon\n2025550101,Ana,4006381333931\n"
    said = Content("Show {coupon}", (), own_picture(ledger, "Coupon"))
    checked = checked_list(settings, ledger, text, said)
    found = rows_of(ledger, launched(settings, ledger, text))
    assert checked.ready == 1
    assert found[0].coupon == "4006381333931"


def test_a_template_keeps_the_version_that_a_campaign_used(settings, ledger):
    first = coupon_template(ledger)
    campaign_picture = rows_of(ledger, launched(settings, ledger))[0].picture
    changed = type(first.template)(background(ledger, (600, 600)), first.template.layers, "Spring")
    second = save_template(ledger, "coupon", changed, by=LOCAL_ADMIN)
    assert (first.version, second.version, second.name) == (1, 2, "Coupon")
    assert save_template(ledger, "Coupon", changed, by=LOCAL_ADMIN).version == 2  # the same again is no version
    delete_template(ledger, first.id, by=LOCAL_ADMIN)
    with ledger.read() as connection:
        assert all_templates(connection) == []
        assert template_of_version(connection, first.version_id) == first.template
        with pytest.raises(CampaignError):
            template_named(connection, "Coupon")
    picture = DrawnPictures(ledger, FolderStore(settings.data_dir / "anew")).read(campaign_picture)
    assert Image.open(io.BytesIO(picture or b"")).size == (540, 675)


def test_processes_draw_the_same_as_one_and_tell_how_far_they_are(ledger, tmp_path):
    saved = coupon_template(ledger, pool=None)
    with ledger.read() as connection:
        painter = painter_of(connection, saved.version_id)
    wanted = [
        WantedPicture(number, f"{number:064x}.jpg", {"name": f"Ana {number}", "coupon": f"CODE-{number}"})
        for number in range(70)
    ]
    wanted.append(WantedPicture(70, f"{70:064x}.jpg", {"name": "Jos\ufffd", "coupon": "CODE"}))
    seen = []
    found = draw_all(painter, wanted, tmp_path / "many", on_progress=lambda done, total: seen.append((done, total)))
    assert list(found) == [70]
    assert seen[-1] == (71, 71)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len(list((tmp_path / "many").iterdir())) == 70
    alone = draw_all(painter, wanted[:3], tmp_path / "few")
    assert alone == {}
    for one in wanted[:3]:
        assert (tmp_path / "many" / one.name).read_bytes() == (tmp_path / "few" / one.name).read_bytes()


def test_erasing_a_person_erases_their_picture(settings, ledger):
    coupon_template(ledger)
    first, second, *_ = rows_of(ledger, launched(settings, ledger))
    erase_person(ledger, settings, LOCAL_ADMIN, first.recipient)
    pictures = DrawnPictures(ledger, FolderStore(drawn_folder(settings)))
    assert pictures.read(first.picture) is None
    assert pictures.read(second.picture) is not None


def test_pictures_that_no_row_names_go_after_a_day(settings, ledger):
    coupon_template(ledger)
    row = rows_of(ledger, launched(settings, ledger))[0]
    store = FolderStore(drawn_folder(settings))
    store.keep(f"{1:064x}.jpg", b"of a check")
    store.keep(f"{2:064x}.jpg", b"of a check just now")
    for name in (row.picture, f"{1:064x}.jpg"):
        os.utime(drawn_folder(settings) / name, (1, 1))
    assert forget_unused(ledger, settings) == 1
    assert store.has(row.picture)
    assert store.has(f"{2:064x}.jpg")
