"""The process that decodes, seen from inside: `python -m mms.isolation.child`, tasks on standard input.

It has no settings, no secrets in its environment and no database; when the other side goes, it ends.
"""

import os
import sys
from importlib import import_module
from typing import IO, Any

from mms.errors import MmsError
from mms.isolation.frames import packed_error, read_frame, write_frame
from mms.isolation.limits import MEMORY, limit_memory, limit_processor

LOADED = ("mms.recipients.read.isolated", "mms.media.image.isolated")
"""Before the first task, so that it does not wait for them."""


def main() -> None:
    """Load what the tasks will need, then do them until the other side closes."""
    tasks, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints must not get between the answers
    for module in LOADED:
        import_module(module)
    while True:
        try:
            asked, data = read_frame(tasks)
        except EOFError:
            return
        _answer(answers, asked, data)


def _answer(answers: IO[bytes], asked: dict[str, Any], data: bytes) -> None:
    limit_memory(asked["memory"])
    limit_processor(asked["processor"])
    try:
        function = getattr(import_module(asked["module"]), asked["function"])
        about, result = function(asked["arguments"], data)
    except MmsError as error:
        about, result = {"error": packed_error(error)}, b""
    except MemoryError:
        about, result = {"died": MEMORY}, b""
    except Exception as error:  # noqa: BLE001 - the other side says a sentence, and logs where it was
        about, result = {"fault": _where(error)}, b""
    write_frame(answers, about, result)


def _where(error: Exception) -> str:
    """Kind and place of a fault of ours, without its text: that may quote the file."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "?"  # noqa: PTH119
    return f"{type(error).__name__} at {place}"


if __name__ == "__main__":
    main()
