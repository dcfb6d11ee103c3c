"""Several files for one campaign: one list, nobody lost, duplicates across the files found."""

from mms.recipients import Upload, check, read_upload
from mms.recipients.read.joining import joined

WEST = b"Name,Mobile\nAna,415-200-8871\nBen,212-231-7764\n"
EAST = b"mobile;City\n(415) 200-8871;Boston\n312-231-7765;Chicago\n"


def both():
    return joined(read_upload(WEST, file_name="west.csv"), read_upload(EAST, file_name="east.csv"))


def test_rows_of_both_files_are_one_list_with_the_duplicates_across_them():
    checked = check(Upload.from_bytes(both().to_bytes()))

    assert checked.upload.columns == ("Name", "Mobile", "From file", "Row in file", "City")
    assert list(checked.ready_numbers()) == [(2, "+14152008871"), (3, "+12122317764"), (5, "+13122317765")]
    assert checked.duplicates == {4: 2}
    assert sum(checked.counts.values()) == len(checked) == 4


def test_every_row_says_where_it_comes_from():
    cells = both().cells(5)

    assert (cells["From file"], cells["Row in file"], cells["City"], cells["Name"]) == ("east.csv", "3", "Chicago", "")


def test_a_third_file_keeps_the_sources_of_the_first_two():
    three = joined(both(), read_upload(WEST, file_name="again.csv"))

    assert three.table.column("From file").to_pylist() == ["west.csv"] * 2 + ["east.csv"] * 2 + ["again.csv"] * 2
    assert check(three).ready == 3
    assert three.file_name == "west.csv + east.csv + again.csv"
