"""The cells of each row as the ledger keeps them: a column at a time, and the same as row by row."""

import json
import random

import pyarrow as pa
import pytest

from mms.recipients.read.upload import Upload

_ODD = (
    '"',
    "\\",
    "\n",
    "\r\n",
    "\t",
    "\x00",
    "\x1f",
    "\x7f",
    "\x85",
    "\u2028",
    "é",
    "\U0001f600",
    "', '",
    '", "',
    "[",
    "]",
    "",
)


def upload_of(columns):
    names = [f"Column {place}" for place in range(len(columns))]
    table = pa.table([pa.array(cells, pa.string()) for cells in columns], names=names)
    return Upload("", "", table, pa.array(range(2, table.num_rows + 2), pa.int32()).to_numpy())


def usual_way(upload):
    return [(row, json.dumps(cells, ensure_ascii=False)) for row, cells in upload.rows()]


@pytest.mark.parametrize("seed", range(5))
def test_made_up_cells_become_the_same_text(seed):
    chance = random.Random(seed)
    cells = ["".join(chance.choices([*_ODD, "a", "Ann", "12"], k=chance.randrange(5))) for _ in range(3_000)]
    upload = upload_of([cells[:1000], cells[1000:2000], cells[2000:]])
    assert list(upload.rows_as_json()) == usual_way(upload)


@pytest.mark.parametrize("odd", _ODD, ids=ascii)
def test_each_odd_cell_alone(odd):
    upload = upload_of([["plain", odd, "plain"]])
    assert list(upload.rows_as_json()) == usual_way(upload)


def test_several_batches_keep_the_order_of_the_rows():
    upload = upload_of([[f"cell {n}" for n in range(45_000)], ['quoted "one"'] * 45_000])
    assert list(upload.rows_as_json()) == usual_way(upload)
