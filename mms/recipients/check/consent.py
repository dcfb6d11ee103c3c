"""What the list says about consent: who said no, and when people agreed (numbers change hands, old consent goes stale).

The names and values are those of the exports of Shopify, Square, Klaviyo, HubSpot, Salesforce, Mailchimp, Attentive
and Postscript. A *no* to e-mail alone says nothing about texts.
"""

import datetime as dt
import re
from contextlib import suppress

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from mms.message import squeeze
from mms.recipients.read.upload import EXTRA_CELLS, Upload

_NAMES = ("consent", "optin", "optedin", "subscribed", "signup", "signedup")
_DATE_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d %b %Y", "%b %d, %Y")
_MONTH_FIRST = ("%m/%d/%Y", "%m/%d/%y")
_DAY_FIRST = ("%d/%m/%Y", "%d/%m/%y")


_BY_TEXT = ("sms", "text", "mms", "phone", "mobile", "cell")
_OTHER_CHANNELS = ("email", "mail", "whatsapp", "call", "voice", "push", "fax")
_REFUSING = (
    "optout", "optedout", "unsubscribe", "unsubscribed", "donotsms", "donottext", "donotcontact", "donotcall",
    "donotmms", "donotmessage", "dnc", "dnt", "dontsms", "donttext", "notext", "nosms", "suppressed", "blacklisted",
)  # fmt: skip
_AGREEING = (
    "consent", "optin", "optedin", "subscribed", "subscriptionstate", "subscriptionstatus", "smssubscription",
    "acceptsmarketing", "acceptssmsmarketing", "acceptssms", "acceptstext", "acceptstexts", "smsmarketing",
    "marketingstatus", "permission", "marketingtexts", "textmarketing",
    "sendtexts", "sendsms", "receivetexts", "receivesms", "cantext", "oktotext", "maytext", "textok", "smsstatus",
    "canreceivesms", "smsmarketingstate",
)  # fmt: skip
_NO_LISTED = """
no n false f 0 off unsubscribed notsubscribed neversubscribed optedout optout out denied declined deny refused
rejected withdrawn revoked cancelled canceled suppressed blocked stop stopped inactive removed cleaned
nonsubscribed non nein nao não
"""
_NO = frozenset(_NO_LISTED.split())
_YES_LISTED = """
yes y true t 1 on x optedout optout out unsubscribed stop stopped sí si oui ja sim donottext dnc
"""
_YES = frozenset(_YES_LISTED.split())
_EMPTY_DATE = re.compile(r"^[\s0/.:-]*$")


def rows_that_said_no(upload: Upload, numbers_column: str) -> tuple[tuple[str, ...], npt.NDArray[np.bool_]]:
    """The consent columns that hold a *no*, and for each position whether its person said so in one of them."""
    found = np.zeros(len(upload), dtype=bool)
    columns = []
    for column, refusing in consent_columns(upload, numbers_column):
        encoded = upload.column(column).combine_chunks().dictionary_encode()
        said_no = np.array([_is_no(cell, refusing=refusing) for cell in encoded.dictionary.to_pylist()], dtype=bool)
        if said_no.any():
            found |= said_no[encoded.indices.to_numpy(zero_copy_only=False)]
            columns.append(column)
    return tuple(columns), found


def consent_columns(upload: Upload, numbers_column: str) -> list[tuple[str, bool]]:
    """Columns about consent to texts, with whether their *yes* means no; general ones count where none names texts."""
    found = []
    for column in upload.columns:
        key = squeeze(column)
        if column in (numbers_column, EXTRA_CELLS):
            continue
        kind = _kind(key)
        if kind is not None:
            found.append((column, kind, any(word in key for word in _BY_TEXT)))
    by_text = [(column, refusing) for column, refusing, named in found if named]
    general = [(column, refusing) for column, refusing, named in found if not named]
    # A general "do not contact" stands beside any other consent.
    return by_text + [entry for entry in general if entry[1]] if by_text else general


def _kind(key: str) -> bool | None:
    """Whether the column is about refusing (True) or agreeing (False); None: about something else."""
    about_text = any(word in key for word in _BY_TEXT)
    if any(word in key for word in _OTHER_CHANNELS) and not about_text and "donotcall" not in key:
        return None
    if any(word in key for word in _REFUSING):
        return True
    return False if any(word in key for word in _AGREEING) else None


def _is_no(cell: str, *, refusing: bool) -> bool:
    key = squeeze(cell)
    if refusing:
        is_date = any(c.isdigit() for c in cell) and len(cell) >= 8 and not _EMPTY_DATE.match(cell)
        return key in _YES or is_date
    return key in _NO


def consent_column(upload: Upload) -> str | None:
    """The column with the date of consent, by its name."""
    return next((c for c in upload.columns if any(name in squeeze(c) for name in _NAMES)), None)


def rows_with_old_consent(upload: Upload, column: str, before: dt.date, region: str) -> int:
    """How many rows have a date of consent before `before`; cells that hold no date do not count."""
    forms = (*_DATE_FORMS, *(_MONTH_FIRST if region in ("US", "CA") else _DAY_FIRST))
    counted = pc.value_counts(upload.column(column).combine_chunks())
    days = ((_day(entry["values"], forms), entry["counts"]) for entry in counted.to_pylist())
    return sum(count for day, count in days if day is not None and day < before)


def _day(cell: str, forms: tuple[str, ...]) -> dt.date | None:
    for text in (cell, cell[:10], cell.split(" ")[0]):
        for form in forms:
            with suppress(ValueError):
                return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
    return None
