"""CSV that a spreadsheet opens safely and that this tool reads back as it was."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Cells that begin like this are run as formulas by spreadsheets (OWASP, CSV injection)."""


_MARKS = "=+-@＝＋－＠"  # the full-width ones are run by spreadsheets in East Asian languages
_PASSED_OVER = "".join(chr(code) for code in range(33)) + "\x7f\u00a0\u200b\ufeff"
"""What spreadsheets take off before they look at the first character."""


def neutralised(cell: str) -> str:
    """The cell with a leading apostrophe when a spreadsheet would run it; reading takes the apostrophe off again."""
    runs = cell.startswith(FORMULA_STARTS) or cell.lstrip(_PASSED_OVER).startswith(tuple(_MARKS))
    return "'" + cell if runs else cell


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with byte-order mark, so that Excel opens it with its accents; every cell neutralised."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([neutralised(cell) for cell in header])
    writer.writerows([neutralised(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", errors="replace")
