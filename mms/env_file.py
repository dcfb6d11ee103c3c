"""The file `.env`: read in whatever encoding an editor saved it, and rewritten without losing a line of it."""

import codecs
import io
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from mms.errors import SettingsError

_MARKS = (  # what an editor puts first; Windows' Notepad offers all of them
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def env_path() -> Path:
    """Where the file lies: in the folder that the app was started in."""
    return Path.cwd() / ".env"


def read_env_file(path: Path) -> dict[str, str]:
    """Names and values; nothing when there is no file.

    Raises:
        SettingsError: the file is there and is not text.
    """
    values = dotenv_values(stream=io.StringIO(_text(path)))
    return {name: value for name, value in values.items() if value is not None}


def save_env_file(path: Path, changes: Mapping[str, str | None]) -> Path | None:
    """Set names (None takes a name out), and keep every other line. Returns the backup of what was there before.

    Both files are for their owner only. The new one takes the old one's place in one step.

    Raises:
        SettingsError: the file cannot be read or written.
    """
    before = _text(path)
    kept = [
        line.original.string
        for line in parse_stream(io.StringIO(before))
        if line.key is None or line.key not in changes
    ]
    text = "".join(kept)
    lines = [f"{name}={_quoted(value)}" for name, value in changes.items() if value is not None]
    new = (text if not text or text.endswith("\n") else text + "\n") + "\n".join([*lines, ""])
    try:
        backup = _backed_up(path)
        _write(path, new.encode())
    except OSError as error:
        raise SettingsError(
            [f"{path.name} cannot be written ({error.strerror}): free its folder for this user"]
        ) from error
    return backup


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsError([f"{path.name} cannot be read ({error.strerror})"]) from error
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), _without_mark(data))
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise SettingsError([f"{path.name} is not a text file in UTF-8: save it again with that encoding"]) from None


def _without_mark(data: bytes) -> str:
    """Settings are mostly ASCII: every second byte zero means UTF-16."""
    if b"\x00" not in data:
        return "utf-8"
    return "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"


def _quoted(value: str) -> str:
    if value and all(character.isalnum() or character in "+-_./:,@=" for character in value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _backed_up(path: Path) -> Path | None:
    if not path.exists():
        return None
    backup = path.with_name(f"{path.name}.{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}.bak")
    _write(backup, path.read_bytes())
    return backup


def _write(path: Path, data: bytes) -> None:
    """A new file for this user only, moved into place: nobody ever reads half of it, or a token with others' rights."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
