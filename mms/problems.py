"""The problem codes of the contract: what can be wrong with a row, its media, or a whole file."""

from enum import StrEnum


class PhoneCode(StrEnum):
    """Why a phone cell gives no number to send to."""

    MISSING = "missing"
    HAS_LETTERS = "has_letters"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_A_NUMBER = "not_a_number"
    ROUNDED_BY_EXCEL = "rounded_by_excel"
    HAS_EXTENSION = "has_extension"
    SEVERAL_NUMBERS = "several_numbers"
    NO_AREA_CODE = "no_area_code"
    NOT_IN_USE = "not_in_use"
    FICTIONAL = "fictional"
    WARNING_LABEL = "warning_label"
    TOLL_FREE = "toll_free"
    PREMIUM_RATE = "premium_rate"
    SHORT_CODE = "short_code"
    OWN_NUMBER = "own_number"
    WRONG_CHANNEL = "wrong_channel"
    OUTSIDE_US_CANADA = "outside_us_canada"


class RowCode(StrEnum):
    """Why the message of a row cannot go out as merged."""

    MISSING_VALUE = "missing_value"
    MESSAGE_TOO_LONG = "message_too_long"
    MESSAGE_EMPTY = "message_empty"
    TOO_MANY_CELLS = "too_many_cells"


class MediaCode(StrEnum):
    """Why Twilio would not be able to use a media URL."""

    SCHEME = "media_scheme"
    PRIVATE_ADDRESS = "media_private_address"
    UNREACHABLE = "media_unreachable"
    NOT_FOUND = "media_not_found"
    NEEDS_LOGIN = "media_needs_login"
    IS_WEB_PAGE = "media_is_web_page"
    TYPE = "media_type"
    TYPE_MISMATCH = "media_type_mismatch"
    TOO_LARGE = "media_too_large"
    HEAD_REFUSED = "media_head_refused"
    REDIRECT = "media_redirect"
    TIMEOUT = "media_timeout"
    EXPIRES = "media_expires"
    TOO_MANY = "media_too_many"
    EMPTY = "media_empty"


class PictureCode(StrEnum):
    """Why a person's own picture cannot go out."""

    GLYPH = "picture_glyph"
    TEXT_TOO_LONG = "picture_text_too_long"
    CODE_VALUE = "picture_code_value"
    CODE_UNREADABLE = "picture_code_unreadable"


class FileCode(StrEnum):
    """Why a file as a whole cannot be used."""

    EMPTY_FILE = "empty_file"
    NO_ROWS = "no_rows"
    NO_PHONE_COLUMN = "no_phone_column"
    TWO_PHONE_COLUMNS = "two_phone_columns"
    NO_HEADER = "no_header"
    MISSING_COLUMNS = "missing_columns"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    IS_ARCHIVE = "is_archive"
    UNCLOSED_QUOTE = "unclosed_quote"
    DUPLICATE_COLUMN = "duplicate_column"
    SEVERAL_SHEETS = "several_sheets"
