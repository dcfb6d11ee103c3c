"""A template reads back as it was written, and whatever cannot be drawn is refused with the layer's number."""

import copy

import pytest

from mms.picture_templates.template import PictureTemplate, TemplateError
from tests.picture_templates.drawn import background, code, text

NAME, _ = background()
TEXT = PictureTemplate(NAME, (text(),)).to_json()["layers"][0]
CODE = PictureTemplate(NAME, (code("qr"),)).to_json()["layers"][0]


def test_round_trip():
    template = PictureTemplate(NAME, (text(), code("pdf417")), "Spring")
    assert PictureTemplate.from_json(template.to_json()) == template
    assert [one.name for one in template.merge_fields] == ["Name", "coupon"]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "film"},
        {"text": ""},
        {"text": "Hello {Name"},
        {"text": 5},
        {"font": "Comic"},
        {"colour": "red"},
        {"outline": "#12"},
        {"outline_width": 0.2},
        {"align": "middle"},
        {"weight": 5},
        {"size": 0.001},
        {"least_size": 0.5},
        {"size": float("nan")},
        {"box": {"x": 0.5, "y": 0, "width": 0.6, "height": 0.1}},
        {"box": {"x": 0, "y": 0, "width": 0, "height": 0.1}},
        {"box": {"x": True, "y": 0, "width": 0.5, "height": 0.1}},
        {"box": "all"},
        {"colour_of_outline": "#000000"},
    ],
)
def test_a_wrong_text_layer_is_refused(change):
    with pytest.raises(TemplateError, match="Layer 1"):
        PictureTemplate.from_json({"background": NAME, "layers": [{**copy.deepcopy(TEXT), **change}]})


@pytest.mark.parametrize("change", [{"format": "ean8"}, {"value": " "}, {"value": "{"}, {"with_letters": "yes"}])
def test_a_wrong_code_layer_is_refused(change):
    with pytest.raises(TemplateError, match="Layer 1"):
        PictureTemplate.from_json({"background": NAME, "layers": [{**CODE, **change}]})


@pytest.mark.parametrize(
    "wrong",
    [
        {"background": "../../etc/passwd", "layers": []},
        {"layers": []},
        {"background": NAME, "layers": [TEXT] * 11},
        {"background": NAME, "layers": "none"},
        {"background": NAME, "layers": [], "owner": "me"},
        {"background": NAME, "layers": [], "coupon_pool": 7},
    ],
)
def test_a_wrong_template_is_refused(wrong):
    with pytest.raises(TemplateError):
        PictureTemplate.from_json(wrong)
