"""What the pre-flight found out about one link: a value that callers may keep, as JSON if they like."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self

from mms.problems import MediaCode, PictureCode

Thumbnail = bytes  # JPEG, at most 40 KB


@dataclass(frozen=True, slots=True)
class MediaVerdict:
    """`message` says what happened (or what the file is); `advice` what to do, or what would make it better."""

    url: str
    final_url: str
    redirects: tuple[str, ...]  # every address after the first, in order; the last is `final_url`
    ok: bool
    code: MediaCode | None
    message: str
    advice: str | None
    content_type: str | None
    detected_type: str | None
    bytes: int | None  # of the unpacked file; None when it was not read to its end
    animated: bool
    checked_at: datetime  # UTC
    thumbnail: Thumbnail | None
    expires_at: datetime | None

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column; the thumbnail as base64, times as ISO 8601."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Self:
        """Undo `to_json`. Raises KeyError or ValueError when `saved` is something else."""
        values = {field.name: saved[field.name] for field in fields(cls)}
        return cls(
            **values
            | {
                "redirects": tuple(values["redirects"]),
                "code": MediaCode(values["code"]) if values["code"] else None,
                "checked_at": datetime.fromisoformat(values["checked_at"]),
                "thumbnail": base64.b64decode(values["thumbnail"]) if values["thumbnail"] else None,
                "expires_at": datetime.fromisoformat(values["expires_at"]) if values["expires_at"] else None,
            }
        )


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case tuple():
            return list(value)
        case MediaCode():
            return value.value
    return value


@dataclass(frozen=True, slots=True)
class MediaProblem:
    """Something wrong with the media of a message as a whole, not with one link."""

    code: MediaCode | PictureCode
    message: str
    advice: str
