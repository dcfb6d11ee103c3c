"""Whatever stands in a name comes out right, or the row is a row to mend."""

import io
import unicodedata

import numpy as np
import pytest
from PIL import Image

from mms.picture_templates.bidirectional import in_visual_order, levels
from mms.picture_templates.fonts import face_of, is_invisible
from mms.picture_templates.template import Box
from mms.picture_templates.text_layout import clean, fitting
from tests.picture_templates.drawn import painter, text

TWELVE_SCRIPTS = {
    "Latin": "José Ñandú Trần Thị Ửng",
    "Greek": "Γιώργος Παπαδόπουλος",
    "Cyrillic": "Наталья Щербакова",
    "Arabic": "محمد عبد الله",
    "Hebrew": "מרים כהן",
    "Devanagari": "ज्योति श्रीवास्तव",
    "Thai": "สมชาย ใจดี",
    "Japanese": "山田 さくら",
    "Korean": "김민준",
    "Chinese": "王小明",
    "Georgian": "ნინო ბერიძე",
    "Armenian": "Անի Պետրոսյան",
}


def _ink(name: str) -> bytes:
    shown = painter(text("{Name}")).draw({"name": name})
    assert shown.problems == (), name
    return Image.open(io.BytesIO(shown.data or b"")).tobytes()


@pytest.mark.parametrize("name", [*TWELVE_SCRIPTS.values(), "Zoë 🎉👩‍👩‍👧❤️👍🏽"], ids=[*TWELVE_SCRIPTS, "emoji"])
def test_every_letter_has_a_font_and_another_name_looks_different(name):
    assert all(face_of(one, "sans", name) for one in clean(name) if not is_invisible(one))
    assert _ink(name) != _ink("Ann")
    assert _ink(name) == _ink(name)
    assert _ink(name) == _ink(unicodedata.normalize("NFD", name))


def test_arabic_letters_are_joined():
    """Raqm chooses each form by the neighbours: kept apart by non-joiners the same letters measure otherwise."""
    joined, apart = (
        fitting(word, "sans", 400, 80, 80, (5000, 500)).lines[0] for word in ("محمد", "م\u200cح\u200cم\u200cد")
    )
    assert joined.width != apart.width
    assert joined.pieces[0].is_right_to_left


@pytest.mark.parametrize("name", ["Jos\ufffd", "\U0001f9ffx\u0378", "\ue000", "\ufffc"])
def test_a_letter_that_no_font_has_is_a_problem_and_never_a_box(name):
    shown = painter(text()).draw({"name": name})
    assert [(one.code, one.field) for one in shown.problems] == [("picture_glyph", "Name")]


@pytest.mark.parametrize("name", ["x" * 200, "Max " * 200, "a" + "\u0301" * 300], ids=["word", "words", "marks"])
def test_a_text_that_does_not_fit_at_the_least_size_is_a_problem(name):
    shown = painter(text()).draw({"name": name})
    assert [(one.code, one.field) for one in shown.problems] == [("picture_text_too_long", "Name")]


def test_a_longer_name_wraps_then_shrinks_but_never_below_the_least_size():
    sizes = [fitting("Hello " + "Wilhelmina " * times, "sans", 400, 90, 30, (900, 240)) for times in (1, 3, 8)]
    assert [layout is not None for layout in sizes] == [True, True, True]
    pixels = [layout.pixels for layout in sizes if layout]
    assert pixels == sorted(pixels, reverse=True)
    assert pixels[0] == 90
    assert pixels[-1] >= 30
    assert all(line.width <= 900 for layout in sizes if layout for line in layout.lines)


@pytest.mark.parametrize("family", ["sans", "italic", "serif", "narrow", "script"])
def test_ink_stays_in_its_box(family):
    box = Box(0.25, 0.25, 0.5, 0.2)
    shown = painter(text("{Name}", box=box, font=family, outline="#ffffff", outline_width=0.004))
    image, problems = shown.sketch({"name": "Ågnĕs Fjörd-Quy Ljungqvist"})
    assert problems == []
    ground = painter().sketch({})[0]
    changed = np.argwhere(np.any(np.array(image) != np.array(ground), axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert left >= 0.24 * 1080
    assert right <= 0.76 * 1080
    assert top >= 0.24 * 1350
    assert bottom <= 0.46 * 1350


@pytest.mark.parametrize(
    ("logical", "visual"),
    [
        ("abc", "abc"),
        ("אבג", "גבא"),
        ("abc אבג def", "abc גבא def"),
        ("אבג abc דהו", "והד abc גבא"),
        ("אבג 42", "42 גבא"),
        ("abc אבג 42!", "abc 42 גבא!"),
        ("אבג, דהו", "והד ,גבא"),
        ("42", "42"),
    ],
)
def test_order_of_mixed_directions(logical, visual):
    found = levels(logical)
    assert "".join(in_visual_order(list(logical), found)) == visual


def test_a_blank_name_uses_the_fallback_and_none_leaves_the_place_empty():
    fallback = painter(text("Hello {Name|friend}!")).draw({})
    assert fallback.data == painter(text("Hello friend!")).draw({}).data
    assert painter(text("{Name}")).draw({"name": ""}).problems == ()
