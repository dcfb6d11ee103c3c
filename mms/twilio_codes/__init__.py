"""What Twilio's error codes mean for the person who sends: `codes.csv` and its reader. Data, so it can be edited.

A code in the file is one number, a range (`11200-11206`), a block of a hundred (`216xx`), an HTTP status
(`http-429`, `http-5xx`), `unknown`, or `none` where Twilio gave no code. The facts come from Twilio's dictionary; the
sentences are ours.
"""

from mms.twilio_codes.advice import Charged, CodeAdvice, Family, Hands, Retry
from mms.twilio_codes.table import ALL, explain

__all__ = ["ALL", "Charged", "CodeAdvice", "Family", "Hands", "Retry", "explain"]
