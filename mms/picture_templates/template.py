"""A picture template as a value: a background and up to ten layers, all measures relative to the background."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from mms.errors import MmsError
from mms.message import Template
from mms.message.template import Field

MAX_LAYERS = 10
CODE_FORMATS = {
    "qr": "QR code",
    "code128": "Code 128",
    "ean13": "EAN-13",
    "upca": "UPC-A",
    "datamatrix": "Data Matrix",
    "pdf417": "PDF417",
    "aztec": "Aztec",
}
FONT_FAMILIES = {"sans": "Sans", "italic": "Sans italic", "serif": "Serif", "narrow": "Narrow", "script": "Handwritten"}
ALIGNMENTS = ("left", "center", "right")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FILE = re.compile(r"[0-9a-f]{64}\.(jpg|png)", re.ASCII)


class TemplateError(MmsError):
    """A template that cannot be: code `picture_template`, and a sentence that names the layer."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="picture_template")


@dataclass(frozen=True, slots=True)
class Box:
    """Left, top, width and height as parts of the background's width and height: all between 0 and 1."""

    x: float
    y: float
    width: float
    height: float

    def pixels(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Left, top, right and bottom on a background of this size."""
        wide, high = size
        return (
            round(self.x * wide),
            round(self.y * high),
            round((self.x + self.width) * wide),
            round((self.y + self.height) * high),
        )


@dataclass(frozen=True, slots=True)
class TextLayer:
    """Text with merge fields that wraps in its box; sizes are parts of the background's height."""

    box: Box
    text: str
    font: str = "sans"
    weight: int = 400
    size: float = 0.06
    least_size: float = 0.025
    colour: str = "#000000"
    outline: str | None = None
    outline_width: float = 0.0
    align: str = "center"

    @property
    def template(self) -> Template:
        """The text read for rendering."""
        return Template.parse(self.text)


@dataclass(frozen=True, slots=True)
class CodeLayer:
    """A code that a scanner reads; `value` has merge fields, `{coupon}` among them."""

    box: Box
    value: str
    format: str = "qr"
    with_letters: bool = False

    @property
    def template(self) -> Template:
        """The value read for rendering."""
        return Template.parse(self.value)


@dataclass(frozen=True, slots=True)
class PictureLayer:
    """Another picture, such as a logo, as large as its box allows."""

    box: Box
    file: str


Layer = TextLayer | CodeLayer | PictureLayer
KINDS: Mapping[str, type[Layer]] = {"text": TextLayer, "code": CodeLayer, "picture": PictureLayer}


@dataclass(frozen=True, slots=True)
class PictureTemplate:
    """`background` names a file of the ledger; `coupon_pool` is the pool that `{coupon}` comes from, if any."""

    background: str
    layers: tuple[Layer, ...] = ()
    coupon_pool: str | None = None

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave, or a person or program wrote; raises TemplateError."""
        unknown = set(found) - {"background", "layers", "coupon_pool"}
        if unknown:
            raise TemplateError(f"A picture template has no field {sorted(unknown)[0]}.")
        background, listed = found.get("background"), found.get("layers", [])
        pool = found.get("coupon_pool") or None
        if not isinstance(background, str) or not _FILE.fullmatch(background):
            raise TemplateError("The template has no background. Upload a picture for it.")
        if not isinstance(listed, Sequence) or isinstance(listed, str) or len(listed) > MAX_LAYERS:
            raise TemplateError(f"A template has up to {MAX_LAYERS} layers. Remove some.")
        if pool is not None and not isinstance(pool, str):
            raise TemplateError("coupon_pool is the name of a pool of coupon codes.")
        layers = tuple(_layer(number, one) for number, one in enumerate(listed, start=1))
        return cls(background, layers, pool)

    def to_json(self) -> dict[str, Any]:
        """As it is kept and shown by the API."""
        kinds = {kind: name for name, kind in KINDS.items()}
        layers = [{"kind": kinds[type(layer)], **asdict(layer)} for layer in self.layers]
        return {"background": self.background, "layers": layers, "coupon_pool": self.coupon_pool}

    @property
    def merge_fields(self) -> tuple[Field, ...]:
        """Every field of texts and codes, in the order of the layers."""
        return tuple(field for layer in self.filled for field in layer.template.merge_fields)

    @property
    def filled(self) -> tuple[TextLayer | CodeLayer, ...]:
        """The layers that differ from person to person."""
        return tuple(layer for layer in self.layers if isinstance(layer, TextLayer | CodeLayer))

    @property
    def files(self) -> tuple[str, ...]:
        """The stored pictures that drawing needs."""
        return (self.background, *(layer.file for layer in self.layers if isinstance(layer, PictureLayer)))


def _layer(number: int, found: Any) -> Layer:
    if not isinstance(found, Mapping) or found.get("kind") not in KINDS:
        raise TemplateError(f"Layer {number}: its kind is one of {', '.join(KINDS)}.")
    kind = KINDS[found["kind"]]
    values = {name: value for name, value in found.items() if name not in ("kind", "box")}
    try:
        layer = kind(box=_box(number, found.get("box")), **values)
    except TypeError:
        known = ", ".join(name for name in kind.__dataclass_fields__)
        raise TemplateError(f"Layer {number}: a field is missing or unknown. It has: {known}.") from None
    for fault in _faults(layer):
        raise TemplateError(f"Layer {number}: {fault}")
    return layer


def _box(number: int, found: Any) -> Box:
    names = ("x", "y", "width", "height")
    if not isinstance(found, Mapping) or set(found) != set(names) or not all(_is_part(found[name]) for name in names):
        raise TemplateError(f"Layer {number}: its box has x, y, width and height between 0 and 1.")
    box = Box(*(float(found[name]) for name in names))
    if box.x + box.width > 1.0001 or box.y + box.height > 1.0001 or min(box.width, box.height) < 0.01:
        raise TemplateError(f"Layer {number}: it lies outside the picture or is too small to see. Move or enlarge it.")
    return box


def _is_part(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and 0 <= value <= 1


def _faults(layer: Layer) -> Iterator[str]:
    if isinstance(layer, TextLayer):
        yield from _text_faults(layer)
    elif isinstance(layer, CodeLayer):
        if layer.format not in CODE_FORMATS:
            yield f"the code is one of {', '.join(CODE_FORMATS)}."
        if not isinstance(layer.value, str) or not layer.value.strip():
            yield "the code has no value. Write a merge field such as {coupon}."
        else:
            yield from _template_fault(layer.value)
        if not isinstance(layer.with_letters, bool):
            yield "with_letters is true or false."
    elif not isinstance(layer.file, str) or not _FILE.fullmatch(layer.file):
        yield "it has no picture. Upload one."


def _text_faults(layer: TextLayer) -> Iterator[str]:
    if not isinstance(layer.text, str) or not layer.text.strip():
        yield "it has no text."
    else:
        yield from _template_fault(layer.text)
    if layer.font not in FONT_FAMILIES:
        yield f"the font is one of {', '.join(FONT_FAMILIES)}."
    if not isinstance(layer.weight, int) or not 100 <= layer.weight <= 900:
        yield "the weight is between 100 and 900."
    if not (_is_part(layer.size) and _is_part(layer.least_size) and 0.01 <= layer.least_size <= layer.size):
        yield "the least size is at least 0.01 of the picture's height, and not above the size."
    colours = [layer.colour, *([layer.outline] if layer.outline is not None else [])]
    if not all(isinstance(colour, str) and _COLOUR.fullmatch(colour) for colour in colours):
        yield "a colour is written such as #1A2B3C."
    if not _is_part(layer.outline_width) or layer.outline_width > 0.05:
        yield "the outline is up to 0.05 of the picture's height."
    if layer.align not in ALIGNMENTS:
        yield f"the alignment is one of {', '.join(ALIGNMENTS)}."


def _template_fault(text: str) -> Iterator[str]:
    try:
        Template.parse(text)
    except MmsError as error:
        yield error.message
