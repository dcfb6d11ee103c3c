"""Everything that the ledger knows as tables for analysis: in a notebook, or as Parquet and CSV files.

    from mms import data
    data.rows(campaign=3)                # a pandas DataFrame, numbers masked
    data.rows(campaign=3, numbers=True)  # with the numbers
    data.table("replies")                # a pyarrow Table

Only reads. The ledger is that of the settings (environment or `.env`), as for every command. The schema has a version;
within one version columns are only added, at the end.
"""

import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from mms.errors import MmsError
from mms.ledger import Ledger, open_ledger
from mms.reports.data.read import read_batches
from mms.reports.data.tables import SCHEMA_VERSION, TABLES, schema_of
from mms.settings import load_settings

if TYPE_CHECKING:  # to write files needs no pandas
    import pandas as pd

FORMATS = ("parquet", "csv")
_FORMULA, _PHONE = r"^[=+\-@\t\r]", r"^\+\d{7,15}$"


def campaigns(*, ledger: Ledger | None = None) -> "pd.DataFrame":
    """One line for each campaign, with its counts."""
    return _frame("campaigns", None, ledger, numbers=False)


def rows(campaign: int | None = None, *, numbers: bool = False, ledger: Ledger | None = None) -> "pd.DataFrame":
    """One line for each row of each list: what became of it. `numbers` shows phone numbers and cells unmasked."""
    return _frame("rows", campaign, ledger, numbers=numbers)


def attempts(campaign: int | None = None, *, ledger: Ledger | None = None) -> "pd.DataFrame":
    """One line for each time that Twilio was asked, and each answer."""
    return _frame("attempts", campaign, ledger, numbers=False)


def receipts(campaign: int | None = None, *, ledger: Ledger | None = None) -> "pd.DataFrame":
    """One line for each receipt, in the order in which they were heard."""
    return _frame("receipts", campaign, ledger, numbers=False)


def replies(campaign: int | None = None, *, numbers: bool = False, ledger: Ledger | None = None) -> "pd.DataFrame":
    """One line for each message that somebody wrote back."""
    return _frame("replies", campaign, ledger, numbers=numbers)


def clicks(campaign: int | None = None, *, ledger: Ledger | None = None) -> "pd.DataFrame":
    """One line for each visit of a short link; `who` tells people from machines."""
    return _frame("clicks", campaign, ledger, numbers=False)


def table(name: str, campaign: int | None = None, *, numbers: bool = False, ledger: Ledger | None = None) -> pa.Table:
    """One of the tables as a pyarrow Table.

    Raises:
        MmsError: code `no_such_table`, naming those that there are.
    """
    if name not in TABLES:
        raise MmsError(f"There is no table “{name}”. There are: {', '.join(TABLES)}.", code="no_such_table")
    which = None if campaign is None else [campaign]
    batches = list(read_batches(ledger or _ledger(), name, which, numbers=numbers))
    return pa.Table.from_batches(batches, schema_of(name))


def export(
    ledger: Ledger, folder: Path, *, campaign_ids: Iterable[int] = (), form: str = "parquet", numbers: bool = True
) -> dict[str, int]:
    """Every table as a file in `folder`, of these campaigns or of all; returns the lines of each. Memory stays small.

    Raises:
        MmsError: code `export_format`; a file that stands in the folder's place is an OSError.
    """
    if form not in FORMATS:
        raise MmsError(f"The format is one of {', '.join(FORMATS)}.", code="export_format")
    folder.mkdir(parents=True, exist_ok=True)
    which = list(campaign_ids) or None
    return {
        name: _write(folder / f"{name}.{form}", name, read_batches(ledger, name, which, numbers=numbers), form)
        for name in TABLES
    }


def export_archive(ledger: Ledger, campaign_ids: Iterable[int] = (), *, form: str = "parquet") -> bytes:
    """The files of `export` in one ZIP, for a download."""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as name, zipfile.ZipFile(packed, "w") as archive:
        export(ledger, Path(name), campaign_ids=campaign_ids, form=form)
        for file in sorted(Path(name).iterdir()):
            archive.write(file, file.name)
    return packed.getvalue()


def _write(path: Path, name: str, batches: Iterator[pa.RecordBatch], form: str) -> int:
    count = 0
    with _writer(path, schema_of(name), form) as file:
        for batch in batches:
            file.write_batch(_harmless(batch) if form == "csv" else batch)
            count += batch.num_rows
    return count


def _harmless(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Text that a spreadsheet would run gets an apostrophe, as in the report; a number in E.164 form is none."""
    columns = []
    for column in batch.columns:
        if pa.types.is_string(column.type):
            runs = pc.and_not(pc.match_substring_regex(column, _FORMULA), pc.match_substring_regex(column, _PHONE))
            column = pc.if_else(runs, pc.binary_join_element_wise("'", column, ""), column)  # noqa: PLW2901
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _writer(path: Path, schema: pa.Schema, form: str) -> Any:
    if form == "parquet":
        return pyarrow.parquet.ParquetWriter(path, schema, compression="zstd")
    return pyarrow.csv.CSVWriter(path, schema)


def _frame(name: str, campaign: int | None, ledger: Ledger | None, *, numbers: bool) -> "pd.DataFrame":
    return table(name, campaign, numbers=numbers, ledger=ledger).to_pandas(types_mapper=_nullable)


def _nullable(kind: pa.DataType) -> Any:
    """Whole numbers with gaps stay whole numbers, and texts texts."""
    import pandas as pd

    if pa.types.is_integer(kind):
        return pd.Int64Dtype()
    return pd.StringDtype() if pa.types.is_string(kind) else None


def _ledger() -> Ledger:
    return open_ledger(load_settings())


__all__ = [
    "FORMATS",
    "SCHEMA_VERSION",
    "attempts",
    "campaigns",
    "clicks",
    "export",
    "export_archive",
    "receipts",
    "replies",
    "rows",
    "table",
]
