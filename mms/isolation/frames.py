"""Messages between the two processes: a JSON object and bytes. What comes back is a stranger's, so it is only data."""

import json
import struct
from collections.abc import Mapping
from typing import IO, Any

from mms.errors import MmsError, UploadError

_LENGTHS = struct.Struct(">QQ")


def write_frame(out: IO[bytes], about: Mapping[str, Any], data: bytes) -> None:
    """One message."""
    header = json.dumps(about).encode()
    out.write(_LENGTHS.pack(len(header), len(data)))
    out.write(header)
    out.write(data)
    out.flush()


def read_frame(source: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """The next message; raises EOFError when the other process has gone."""
    header_length, length = _LENGTHS.unpack(_exactly(source, _LENGTHS.size))
    about: dict[str, Any] = json.loads(_exactly(source, header_length))
    return about, _exactly(source, length)


def _exactly(source: IO[bytes], count: int) -> bytes:
    data = source.read(count)
    if len(data) != count:
        raise EOFError
    return data


def packed_error(error: MmsError) -> dict[str, Any]:
    """An error as JSON: its class by name, and what it holds."""
    return {"class": type(error).__qualname__, "text": str(error), "state": vars(error)}


def unpacked_error(packed: Mapping[str, Any]) -> MmsError:
    """The error again; only classes of ours that are known here, whatever the name says."""
    kind = _classes().get(packed["class"], UploadError)
    error = kind.__new__(kind)
    error.args = (packed["text"],)
    vars(error).update({name: _as_value(value) for name, value in packed["state"].items()})
    return error


def _as_value(value: Any) -> Any:
    return tuple(map(_as_value, value)) if isinstance(value, list) else value


def _classes() -> dict[str, type[MmsError]]:
    found: dict[str, type[MmsError]] = {}
    kinds = [MmsError]
    while kinds:
        kind = kinds.pop()
        found[kind.__qualname__] = kind
        kinds += kind.__subclasses__()
    return found
