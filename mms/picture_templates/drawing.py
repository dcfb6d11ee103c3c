"""One person's picture: the same bytes for the same template and values, on every machine with the same libraries."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from PIL import Image, ImageDraw

from mms.media.image.decoding import FORMATS, as_jpeg, flattened
from mms.media.image.preparing import TARGET_BYTES
from mms.picture_templates.codes import CodeTooSmallError, CodeValueError, drawn_code, read_codes, same_value
from mms.picture_templates.fonts import FALLBACK, loaded
from mms.picture_templates.problems import PictureProblem, code_too_small, code_unreadable, code_value, glyph, too_long
from mms.picture_templates.template import Box, CodeLayer, PictureLayer, PictureTemplate, TextLayer
from mms.picture_templates.text_layout import Layout, MissingGlyphError, clean, fitting

_QUALITIES = (88, 80, 70, 60, 50)
_LETTERS = 0.14  # height of the letters beneath a code, as part of its box
_CARRIER_QUALITY = 40


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """The bytes that are sent, or what is wrong with them; `data` is None when there are problems."""

    data: bytes | None
    problems: tuple[PictureProblem, ...] = ()


@dataclass(frozen=True)
class Painter:
    """Draws one template; `files` are the stored pictures by name. Kept by a process and used for many people."""

    template: PictureTemplate
    files: Mapping[str, bytes] = field(repr=False)

    @cached_property
    def _ground(self) -> Image.Image:
        return flattened(_opened(self.files[self.template.background])).convert("RGB")

    @cached_property
    def _logos(self) -> dict[str, Image.Image]:
        layers = [layer for layer in self.template.layers if isinstance(layer, PictureLayer)]
        return {layer.file: _opened(self.files[layer.file]).convert("RGBA") for layer in layers}

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures in pixels."""
        return self._ground.size

    def draw(self, values: Mapping[str, str]) -> DrawnPicture:
        """The person's picture, every code read back; keys of `values` are squeezed column names."""
        image, problems = self.sketch(values)
        if problems:
            return DrawnPicture(None, tuple(problems))
        data = _compressed(image)
        unread = tuple(self._unreadable(data, values))
        return DrawnPicture(None if unread else data, unread)

    def sketch(self, values: Mapping[str, str]) -> tuple[Image.Image, list[PictureProblem]]:
        """The picture as far as it can be drawn, and what could not be."""
        image = self._ground.copy()
        problems = list(self._layers_on(image, values))
        return image, problems

    def _layers_on(self, image: Image.Image, values: Mapping[str, str]) -> Iterator[PictureProblem]:
        for layer in self.template.layers:
            if isinstance(layer, PictureLayer):
                _paste_logo(image, self._logos[layer.file], layer.box)
            elif isinstance(layer, TextLayer):
                yield from _draw_text(image, layer, values)
            else:
                yield from _draw_code(image, layer, values)

    def problems(self, values: Mapping[str, str]) -> list[PictureProblem]:
        """What is wrong with a person's texts and values, without drawing anything."""
        found: list[PictureProblem] = []
        for layer in self.template.filled:
            try:
                if isinstance(layer, TextLayer):
                    _layout(layer, values, self.size)
                else:
                    _code_image(layer, values, self.size)
            except _LayerError as error:
                found.append(error.problem)
        return found

    def _unreadable(self, data: bytes, values: Mapping[str, str]) -> Iterator[PictureProblem]:
        codes = [layer for layer in self.template.layers if isinstance(layer, CodeLayer)]
        if not codes:
            return
        sent = Image.open(io.BytesIO(data)).convert("L")
        carried = after_a_carrier(Image.open(io.BytesIO(data)))
        for layer in codes:
            value = layer.template.render(values)
            if not (_is_read(sent, layer, value) and _is_read(carried, layer, value)):
                yield code_unreadable(layer)


class _LayerError(Exception):
    def __init__(self, problem: PictureProblem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def after_a_carrier(image: Image.Image) -> Image.Image:
    """The picture after what carriers do at worst: half the size, JPEG quality 40."""
    half = image.reduce(2)
    return Image.open(io.BytesIO(as_jpeg(half, _CARRIER_QUALITY))).convert("L")


def _is_read(image: Image.Image, layer: CodeLayer, value: str) -> bool:
    left, top, right, bottom = layer.box.pixels(image.size)
    region = image.crop((max(left - 8, 0), max(top - 8, 0), min(right + 8, image.width), min(bottom + 8, image.height)))
    return any(same_value(read, value, layer.format) for read in read_codes(region, layer.format))


def _opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    image.load()
    return image


def _compressed(image: Image.Image) -> bytes:
    data = b""
    for quality in _QUALITIES:
        data = as_jpeg(image, quality)
        if len(data) <= TARGET_BYTES:
            break
    return data


def _paste_logo(image: Image.Image, logo: Image.Image, box: Box) -> None:
    left, top, right, bottom = box.pixels(image.size)
    scale = min((right - left) / logo.width, (bottom - top) / logo.height)
    fitted = logo.resize(
        (max(1, round(logo.width * scale)), max(1, round(logo.height * scale))), Image.Resampling.LANCZOS
    )
    at = (left + (right - left - fitted.width) // 2, top + (bottom - top - fitted.height) // 2)
    image.paste(fitted, at, fitted)


def _draw_text(image: Image.Image, layer: TextLayer, values: Mapping[str, str]) -> Iterator[PictureProblem]:
    try:
        layout = _layout(layer, values, image.size)
    except _LayerError as error:
        yield error.problem
        return
    _draw_layout(image, layer, layout)


def _layout(layer: TextLayer, values: Mapping[str, str], size: tuple[int, int]) -> Layout:
    """How the layer's text stands in its box. Raises _LayerError."""
    left, top, right, bottom = layer.box.pixels(size)
    outline = 2 * _outline_pixels(layer, size)
    largest, least = (max(1, round(part * size[1])) for part in (layer.size, layer.least_size))
    room = (right - left - outline, bottom - top - outline)
    try:
        text = clean(layer.template.render(values))
        layout = fitting(text, layer.font, layer.weight, largest, least, room)
    except MissingGlyphError as error:
        raise _LayerError(glyph(layer, values, error.character)) from None
    if layout is None:
        raise _LayerError(too_long(layer, values))
    return layout


def _outline_pixels(layer: TextLayer, size: tuple[int, int]) -> int:
    return max(1, round(layer.outline_width * size[1])) if layer.outline and layer.outline_width else 0


def _draw_layout(image: Image.Image, layer: TextLayer, layout: Layout) -> None:
    pen = ImageDraw.Draw(image)
    left, top, right, bottom = layer.box.pixels(image.size)
    y = top + (bottom - top - layout.line_height * len(layout.lines)) / 2
    for line in layout.lines:
        spare = right - left - line.width
        x = left + spare * {"left": 0.0, "center": 0.5, "right": 1.0}[layer.align]
        baseline = y + layout.line_height * 0.78
        for piece in line.pieces:
            font = piece.font(layout.pixels, layer.weight)
            pen.text(
                (x, baseline),
                piece.text,
                fill=layer.colour,
                font=font,
                anchor="ls",
                direction=piece.direction,
                stroke_width=_outline_pixels(layer, image.size),
                stroke_fill=layer.outline,
            )
            x += font.getlength(piece.text, direction=piece.direction)
        y += layout.line_height


def _draw_code(image: Image.Image, layer: CodeLayer, values: Mapping[str, str]) -> Iterator[PictureProblem]:
    try:
        code = _code_image(layer, values, image.size)
    except _LayerError as error:
        yield error.problem
        return
    left, top, right, bottom = layer.box.pixels(image.size)
    x, y = left + (right - left - code.width) // 2, top + (bottom - top - code.height) // 2
    image.paste(code.convert("RGB"), (x - x % 2, y - y % 2))  # on even pixels: see `mms.picture_templates.codes`


def _code_image(layer: CodeLayer, values: Mapping[str, str], size: tuple[int, int]) -> Image.Image:
    """The code with its letters beneath. Raises _LayerError."""
    left, top, right, bottom = layer.box.pixels(size)
    letters = round((bottom - top) * _LETTERS) if layer.with_letters else 0
    value = layer.template.render(values)
    try:
        code = drawn_code(value, layer.format, (right - left, bottom - top - letters)).image
    except CodeValueError as error:
        raise _LayerError(code_value(layer, values, str(error))) from None
    except CodeTooSmallError:
        raise _LayerError(code_too_small(layer)) from None
    return _with_letters(code, value, letters) if letters else code


def _with_letters(code: Image.Image, value: str, height: int) -> Image.Image:
    label = Image.new("L", (code.width, code.height + height), 255)
    label.paste(code, (0, 0))
    pixels = round(height * 0.75)
    while pixels > 8 and loaded(FALLBACK, pixels, 500).getlength(value) > code.width * 0.96:
        pixels -= 1
    pen = ImageDraw.Draw(label)
    pen.text((code.width / 2, code.height + height / 2), value, fill=0, font=loaded(FALLBACK, pixels, 500), anchor="mm")
    return label
