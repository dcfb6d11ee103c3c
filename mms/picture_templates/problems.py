"""What can be wrong with one person's picture, in words for the person in marketing."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from mms.message.template import Field
from mms.picture_templates.template import CodeLayer, TextLayer
from mms.problems import PictureCode


@dataclass(frozen=True, slots=True)
class PictureProblem:
    """`field` is the name of the merge field that brought the value; None when none did."""

    code: PictureCode
    message: str
    field: str | None = None


def glyph(layer: TextLayer, values: Mapping[str, str], character: str) -> PictureProblem:
    """No font has the character."""
    name = unicodedata.name(character, f"U+{ord(character):04X}").capitalize()
    brought = next((one for one in layer.template.merge_fields if character in values.get(one.key, "")), None)
    return PictureProblem(
        PictureCode.GLYPH,
        f"No installed font has the character “{name}”, so the picture would show an empty box. "
        "Write the text without it, or go on without this row.",
        brought.name if brought else None,
    )


def too_long(layer: TextLayer, values: Mapping[str, str]) -> PictureProblem:
    """The text does not fit its box even at the least size."""
    longest = max(layer.template.merge_fields, key=lambda one: len(values.get(one.key, "")), default=None)
    return PictureProblem(
        PictureCode.TEXT_TOO_LONG,
        "The text does not fit into its place on the picture, even at the smallest size. "
        "Shorten the cell, or enlarge the box in the template.",
        longest.name if longest else None,
    )


def code_value(layer: CodeLayer, values: Mapping[str, str], why: str) -> PictureProblem:
    """The code cannot hold the value."""
    return PictureProblem(PictureCode.CODE_VALUE, why, _field(layer))


def code_too_small(layer: CodeLayer) -> PictureProblem:
    """The box is too small for so long a value."""
    return PictureProblem(
        PictureCode.CODE_UNREADABLE,
        "The code would be too fine to scan on a phone. Make its box larger in the template, or its value shorter.",
        _field(layer),
    )


def code_unreadable(layer: CodeLayer) -> PictureProblem:
    """The finished picture was read back and the code was not found or gave another value."""
    return PictureProblem(
        PictureCode.CODE_UNREADABLE,
        "The code could not be scanned from the finished picture. "
        "Move it away from other layers or make its box larger.",
        _field(layer),
    )


def _field(layer: CodeLayer) -> str | None:
    fields: tuple[Field, ...] = layer.template.merge_fields
    return fields[0].name if fields else None
