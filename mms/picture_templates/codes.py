"""Codes that scanners read: what each can hold, and their modules as pixels with quiet zone and contrast.

Sizes come from the standards (ISO/IEC 18004, 15417, 15420, 16022, 15438, 24778) and from what carriers do to
pictures: a module is an even number of pixels and stands on an even pixel, so that at half the size every module
is still whole pixels. Measured after half the size and JPEG quality 40: with that, none of 40 codes of each kind
was unreadable at 4 pixels; with odd sizes or places up to all of them were.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import zxingcpp
from PIL import Image

Modules = npt.NDArray[np.uint8]

LEAST_MODULE = 4
"""Pixels of a module in the picture that is sent; modules are always even."""
_LEAST_LINEAR_HEIGHT = 80  # pixels of the bars; a scanner's line must cross all of them
_LINEAR = frozenset({"code128", "ean13", "upca"})
_WRITERS = {
    "qr": zxingcpp.BarcodeFormat.QRCode,
    "code128": zxingcpp.BarcodeFormat.Code128,
    "ean13": zxingcpp.BarcodeFormat.EAN13,
    "upca": zxingcpp.BarcodeFormat.UPCA,
    "datamatrix": zxingcpp.BarcodeFormat.DataMatrix,
    "pdf417": zxingcpp.BarcodeFormat.PDF417,
    "aztec": zxingcpp.BarcodeFormat.Aztec,
}
# A UPC-A is an EAN-13 that begins with zero, and scanners may say either.
_READERS = {
    kind: zxingcpp.BarcodeFormats([writer, zxingcpp.BarcodeFormat.EAN13] if kind == "upca" else [writer])
    for kind, writer in _WRITERS.items()
}
_QUIET = {"qr": 4, "code128": 10, "ean13": 11, "upca": 11, "datamatrix": 2, "pdf417": 2, "aztec": 2}  # modules
_DIGITS = {"ean13": 13, "upca": 12}
_CODE128 = re.compile(r"[\x20-\x7e]{1,80}")
_LONGEST = {"qr": 1000, "datamatrix": 500, "pdf417": 500, "aztec": 800}


class CodeValueError(Exception):
    """The code cannot hold the value; its text says why and what to do."""


class CodeTooSmallError(Exception):
    """The box leaves less than `LEAST_MODULE` pixels for a module."""


@dataclass(frozen=True, slots=True)
class DrawnCode:
    """The code with its quiet zone, black on white; `module` in pixels."""

    image: Image.Image
    module: int


def require_value(value: str, kind: str) -> None:
    """Raises CodeValueError when this kind of code cannot hold the value."""
    if not value.strip():
        raise CodeValueError("There is no value for the code. Fill the cell.")
    if digits := _DIGITS.get(kind):
        _require_digits(value, digits, "An EAN-13" if kind == "ean13" else "A UPC-A")
    elif kind == "code128" and not _CODE128.fullmatch(value):
        raise CodeValueError("A Code 128 holds up to 80 plain letters, digits and signs. Use another kind of code.")
    elif len(value) > _LONGEST.get(kind, len(value)):
        raise CodeValueError(f"The value is longer than {_LONGEST[kind]} characters. Shorten it.")


def _require_digits(value: str, digits: int, name: str) -> None:
    if not re.fullmatch(r"[0-9]+", value):
        raise CodeValueError(f"{name} holds {digits} digits and nothing else. Correct the cell, or use a QR code.")
    if len(value) != digits:
        raise CodeValueError(f"{name} has {digits} digits; this value has {len(value)}. Were leading zeros lost?")
    if check_digit(value[:-1]) != value[-1]:
        raise CodeValueError(f"The last digit does not fit the others: it should be {check_digit(value[:-1])}.")


def check_digit(digits: str) -> str:
    """The GS1 check digit (modulo 10, weights 3 and 1 from the right)."""
    weighted = sum(int(one) * (3 if place % 2 == 0 else 1) for place, one in enumerate(reversed(digits)))
    return str(-weighted % 10)


def drawn_code(value: str, kind: str, room: tuple[int, int]) -> DrawnCode:
    """The code as large as `room` (width, height in pixels) allows, in whole pixels a module.

    Raises:
        CodeValueError: when the code cannot hold the value.
        CodeTooSmallError: when the room is too small to scan it after half the size.
    """
    require_value(value, kind)
    modules = _modules(value, kind)
    quiet = _QUIET[kind]
    if kind in _LINEAR:
        return _bars(modules[0], quiet, room)
    return _matrix(modules, quiet, room)


def _modules(value: str, kind: str) -> Modules:
    try:
        code = zxingcpp.create_barcode(value, _WRITERS[kind])
        return np.array(code.to_image(scale=1, add_hrt=False, add_quiet_zones=False), dtype=np.uint8)
    except (ValueError, RuntimeError):
        raise CodeValueError("The code cannot hold this value. Shorten it, or use another kind of code.") from None


def _bars(bars: Modules, quiet: int, room: tuple[int, int]) -> DrawnCode:
    module = _even(room[0] // (len(bars) + 2 * quiet))
    margin = 2 * LEAST_MODULE
    height = _even(room[1] - 2 * margin)
    if module < LEAST_MODULE or height < _LEAST_LINEAR_HEIGHT:
        raise CodeTooSmallError
    black = np.repeat(np.repeat(bars[None, :], module, axis=1), height, axis=0)
    return _framed(black, quiet * module, margin, module)


def _matrix(modules: Modules, quiet: int, room: tuple[int, int]) -> DrawnCode:
    high, wide = modules.shape
    module = _even(min(room[0] // (wide + 2 * quiet), room[1] // (high + 2 * quiet)))
    if module < LEAST_MODULE:
        raise CodeTooSmallError
    pixels = np.repeat(np.repeat(modules, module, axis=0), module, axis=1)
    return _framed(pixels, quiet * module, quiet * module, module)


def _even(pixels: int) -> int:
    return pixels - pixels % 2


def _framed(pixels: Modules, across: int, above: int, module: int) -> DrawnCode:
    framed = np.pad(pixels, ((above, above), (across, across)), constant_values=255)
    return DrawnCode(Image.fromarray(framed.astype(np.uint8), "L"), module)


def same_value(read: str, meant: str, kind: str) -> bool:
    """Whether a scanner's text is the value; a UPC-A is read as an EAN-13 with a zero in front."""
    if kind in _DIGITS:
        return read.zfill(13) == meant.zfill(13)
    return read == meant


def read_codes(image: Image.Image, kind: str) -> list[str]:
    """The texts of the codes of this kind in a picture."""
    found = zxingcpp.read_barcodes(
        image, formats=_READERS[kind], try_rotate=False, try_invert=False, text_mode=zxingcpp.TextMode.Plain
    )
    return [one.text for one in found]
