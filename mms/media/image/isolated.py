"""Opening a stranger's picture where it can harm nobody: in a process of its own, whose death is one sentence."""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from queue import LifoQueue
from typing import Any

from PIL import Image

from mms import isolation
from mms.errors import UploadError
from mms.media.image.decoding import FORMATS, TOO_MANY_PIXELS, UNREADABLE, Look, look_at, thumbnail
from mms.media.image.preparing import PreparedPicture, fitted_picture
from mms.problems import MediaCode

_MODULE = "mms.media.image.isolated"
_FIT, _GLANCE = isolation.Task(_MODULE, "fit"), isolation.Task(_MODULE, "glance")
_FIT_BOUNDS = isolation.Limits(memory=1_200_000_000, processor=30, wall=60)
_GLANCE_BOUNDS = isolation.Limits(memory=600_000_000, processor=10, wall=20)
_BEFORE_SIDE = 1_000  # pixels; what the page shows beside the result


def prepare_picture(data: bytes, file_name: str, *, by: str | None = None) -> PreparedPicture:
    """Make the picture fit as `fitted_picture` does; nothing that is in it can slow down or end this process.

    `by` names who waits: each person has one picture prepared at a time.

    Raises:
        UploadError: with a media code, or `busy`.
    """
    try:
        if isolation.decodes_here():
            with isolation.limited(_FIT_BOUNDS):
                return fitted_picture(data, file_name)
        about, result = isolation.run(_FIT, {"file_name": file_name}, data, _FIT_BOUNDS, person=by)
    except isolation.Died as died:
        raise _death(died, file_name) from None
    given = {"data": result, "before": base64.b64decode(about["before"]), "changes": tuple(about["changes"])}
    return PreparedPicture(**about | given)


def _death(died: isolation.Died, file_name: str) -> UploadError:
    if died.code == isolation.BROKE:
        sentence = f"Opening “{file_name}” broke off, so it is damaged. Save it as a new JPEG or PNG, and upload that."
        return UploadError(sentence, code=MediaCode.TYPE)
    return UploadError(
        "Opening this picture takes too long or too much memory, on phones too. Save a smaller copy as a plain JPEG, "
        "and upload that.",
        code=MediaCode.TOO_LARGE,
    )


class Glances:
    """Looks at the pictures of one pre-flight, in a process for each thread that asks at once."""

    def __init__(self) -> None:
        self._free: LifoQueue[isolation.Decoder] = LifoQueue()

    def look(self, data: bytes) -> Look:
        """What `look_at` finds. Never raises for what is in the file."""
        if isolation.decodes_here():
            return look_at(io.BytesIO(data))
        decoder = self._free.get_nowait() if not self._free.empty() else isolation.Decoder(_GLANCE_BOUNDS)
        try:
            about, small = decoder.run(_GLANCE, {}, data)
        except isolation.Died as died:
            return Look(damaged=died.code == isolation.BROKE, too_costly=died.code != isolation.BROKE)
        finally:
            self._free.put(decoder)
        return Look(**about | {"thumbnail": small or None})

    def close(self) -> None:
        """End the processes."""
        while not self._free.empty():
            self._free.get_nowait().close()


@contextmanager
def glances() -> Iterator[Glances]:
    """Glances that end with the block."""
    opened = Glances()
    try:
        yield opened
    finally:
        opened.close()


def fit(arguments: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """The task of `prepare_picture`, in the other process."""
    picture = replace(fitted_picture(data, arguments["file_name"]), before=_before(data))
    about = asdict(picture)
    return {**about, "data": None, "before": base64.b64encode(picture.before).decode()}, picture.data


def glance(_arguments: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """The task of `Glances`, in the other process."""
    look = look_at(io.BytesIO(data))
    return asdict(replace(look, thumbnail=None)), look.thumbnail or b""


def _before(data: bytes) -> bytes:
    """The picture as it came, small enough to be shown: the page never opens a stranger's file itself."""
    with suppress(*TOO_MANY_PIXELS, *UNREADABLE), Image.open(io.BytesIO(data), formats=FORMATS) as image:
        return thumbnail(image, _BEFORE_SIDE)
    return b""
