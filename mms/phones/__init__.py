"""Phone cells to E.164, with the reason when there is no number to send to.

`check_number` does one cell, `check_column` a whole column with the same verdicts, vectorised where numbers have
their usual form. The rules of each country come from the metadata that `phonenumbers` ships, never from here.
"""

from mms.phones.column import ColumnVerdicts, check_column
from mms.phones.number import check_number
from mms.phones.rules import PhoneRules, PhoneVerdict

__all__ = ["ColumnVerdicts", "PhoneRules", "PhoneVerdict", "check_column", "check_number"]
