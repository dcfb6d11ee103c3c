"""A background and a painter for the tests of people's own pictures."""

import hashlib
import io

from PIL import Image

from mms.picture_templates.drawing import Painter
from mms.picture_templates.template import Box, CodeLayer, Layer, PictureTemplate, TextLayer

WHOLE = Box(0.05, 0.05, 0.9, 0.4)
LOWER = Box(0.1, 0.5, 0.8, 0.45)


def background(width: int = 1080, height: int = 1350, colour: str = "#d9b38c") -> tuple[str, bytes]:
    """Name and bytes of a plain picture."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "JPEG", quality=90)
    return f"{hashlib.sha256(file.getvalue()).hexdigest()}.jpg", file.getvalue()


def painter(*layers: Layer) -> Painter:
    """For a template of these layers."""
    name, data = background()
    return Painter(PictureTemplate(name, layers), {name: data})


def text(words: str = "Hello {Name}!", box: Box = WHOLE, **choices: object) -> TextLayer:
    return TextLayer(box, words, **choices)  # type: ignore[arg-type]


def code(kind: str, value: str = "{coupon}", box: Box = LOWER) -> CodeLayer:
    return CodeLayer(box, value, kind, True)
