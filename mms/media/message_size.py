"""Whether text and media fit into one message."""

from collections.abc import Sequence

from mms.media.check.limits import MESSAGE_BYTES, MESSAGE_FILES
from mms.media.check.messages import LinkFault, Reason, kilobytes
from mms.media.check.verdict import MediaProblem, MediaVerdict


def message_size_problem(text_bytes: int, verdicts: Sequence[MediaVerdict]) -> MediaProblem | None:
    """The first of: more than 10 files, or text and files together above Twilio's 5 MB. None when it fits.

    `verdicts` has one for each file of the message, the same one twice when the file is in it twice.
    """
    size = text_bytes + sum(verdict.bytes or 0 for verdict in verdicts)
    if len(verdicts) > MESSAGE_FILES:
        return _problem(LinkFault(Reason.TOO_MANY_FILES, count=len(verdicts), limit=MESSAGE_FILES))
    if size > MESSAGE_BYTES:
        facts = {"size": kilobytes(size), "limit": kilobytes(MESSAGE_BYTES)}
        return _problem(LinkFault(Reason.MESSAGE_TOO_LARGE, **facts))
    return None


def _problem(fault: LinkFault) -> MediaProblem:
    return MediaProblem(fault.code, fault.message, fault.advice)
