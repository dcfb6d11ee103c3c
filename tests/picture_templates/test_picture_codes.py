"""Every code is read back from the bytes that are sent, and after half the size at JPEG quality 40."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from mms.picture_templates.codes import check_digit
from mms.picture_templates.drawing import after_a_carrier
from mms.picture_templates.template import CODE_FORMATS, Box, TextLayer
from tests.picture_templates.drawn import LOWER, code, painter

VALUES = {"ean13": "4006381333931", "upca": "036000291452"}


@pytest.mark.parametrize("kind", CODE_FORMATS)
@pytest.mark.parametrize("shift", [0.0, 0.00093, 0.00186, 0.004])  # a pixel more to the right each
def test_each_kind_is_readable_wherever_it_stands(kind, shift):
    box = Box(LOWER.x + shift, LOWER.y + shift, LOWER.width, LOWER.height)
    drawn = painter(code(kind, box=box)).draw({"coupon": VALUES.get(kind, "7KQ4-9XZM-22")})
    assert drawn.problems == ()
    assert drawn.data


@pytest.mark.parametrize(("kind", "value"), [("qr", "https://example.com/c/7KQ4"), *VALUES.items()])
def test_another_library_reads_the_same(kind, value):
    drawn = painter(code(kind)).draw({"coupon": value})
    for image in (
        Image.open(io.BytesIO(drawn.data or b"")),
        after_a_carrier(Image.open(io.BytesIO(drawn.data or b""))),
    ):
        pixels = np.array(image.convert("RGB"))
        if kind == "qr":
            assert cv2.QRCodeDetector().detectAndDecode(pixels)[0] == value
        else:
            read = cv2.barcode.BarcodeDetector().detectAndDecode(pixels)[0]
            assert read.zfill(13) == value.zfill(13)


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("ean13", "4006381333932", "should be 1"),
        ("ean13", "40063813339", "11"),
        ("ean13", "ABC6381333931", "13 digits and nothing else"),
        ("ean13", "٤٠٠٦٣٨١٣٣٣٩٣١", "13 digits and nothing else"),
        ("upca", "036000291453", "should be 2"),
        ("upca", "36000291452", "leading zeros"),
        ("code128", "Größe", "plain letters"),
        ("code128", "X" * 81, "80"),
        ("qr", "x" * 1001, "1000"),
        ("qr", "", "Fill the cell"),
        ("datamatrix", "   ", "Fill the cell"),
        ("pdf417", "x" * 501, "500"),
        ("aztec", "x" * 801, "800"),
    ],
)
def test_a_value_that_the_code_cannot_hold_is_a_problem(kind, value, says):
    drawn = painter(code(kind)).draw({"coupon": value})
    assert [one.code for one in drawn.problems] == ["picture_code_value"]
    assert drawn.problems[0].field == "coupon"
    assert says in drawn.problems[0].message
    assert drawn.data is None


@pytest.mark.parametrize("kind", CODE_FORMATS)
def test_a_box_too_small_to_scan_is_a_problem_not_a_small_code(kind):
    drawn = painter(code(kind, box=Box(0.1, 0.1, 0.05, 0.04))).draw({"coupon": VALUES.get(kind, "7KQ49XZM")})
    assert [one.code for one in drawn.problems] == ["picture_code_unreadable"]


def test_a_code_under_another_layer_is_found_out_by_reading_the_picture():
    over = TextLayer(LOWER, "SALE SALE SALE SALE SALE SALE SALE SALE", size=0.3, weight=900)
    drawn = painter(code("qr"), over).draw({"coupon": "7KQ4-9XZM"})
    assert [one.code for one in drawn.problems] == ["picture_code_unreadable"]
    assert drawn.data is None


@pytest.mark.parametrize(("digits", "check"), [("400638133393", "1"), ("03600029145", "2"), ("7351353", "7")])
def test_check_digits(digits, check):
    assert check_digit(digits) == check
