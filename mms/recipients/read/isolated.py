"""Reading a stranger's file where it can harm nobody: in a process of its own, whose death is one sentence."""

from contextlib import suppress
from dataclasses import asdict
from typing import Any

from mms import isolation
from mms.errors import UploadError
from mms.problems import FileCode
from mms.recipients.read.reader import Limits, parse_upload
from mms.recipients.read.upload import Upload

_USUAL = Limits()
_TASK = isolation.Task("mms.recipients.read.isolated", "decode")
_BOUNDS = isolation.Limits(memory=2_000_000_000, processor=60, wall=120)
_BOUNDS_HERE = isolation.Limits(memory=6_000_000_000, processor=120, wall=120)  # of a terminal, whose computer it is
_SENTENCES = {
    isolation.MEMORY: (
        "Reading this file takes more memory than one file may. Delete the sheets and columns that the message does "
        "not use, or save the list as CSV, and upload that.",
        FileCode.TOO_LARGE,
    ),
    isolation.TIME: (
        "Reading this file took more than a minute, and was stopped. Delete the sheets and columns that the message "
        "does not use, or save the list as CSV, and upload that.",
        FileCode.TOO_LARGE,
    ),
    isolation.BROKE: (
        "Reading this file broke off, so it is damaged or was made by an unusual program. Open it in Excel, save it "
        "as a new file, and upload that.",
        FileCode.NOT_TEXT,
    ),
}


def read_upload(
    data: bytes,
    *,
    file_name: str = "",
    sheet: str | None = None,
    limits: Limits = _USUAL,
    has_header: bool = True,
    by: str | None = None,
) -> Upload:
    """Read a list as `parse_upload` does; nothing that is in it can slow down or end this process.

    `by` names who waits: each person has one file read at a time.

    Raises:
        UploadError: with a file code of the contract, or `busy`; nothing else escapes, whatever the bytes.
    """
    try:
        if isolation.decodes_here():
            with suppress(isolation.NeedsOwnProcess), isolation.limited(_BOUNDS_HERE):
                return parse_upload(data, file_name=file_name, sheet=sheet, limits=limits, has_header=has_header)
        asked = {"file_name": file_name, "sheet": sheet, "limits": asdict(limits), "has_header": has_header}
        _, stored = isolation.run(_TASK, asked, data, _BOUNDS, person=by)
    except isolation.Died as died:
        sentence, code = _SENTENCES[died.code]
        raise UploadError(sentence, code=code) from None
    return Upload.from_bytes(stored)


def decode(arguments: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """The task, in the other process."""
    upload = parse_upload(data, **arguments | {"limits": Limits(**arguments["limits"])})
    return {}, upload.to_bytes()
