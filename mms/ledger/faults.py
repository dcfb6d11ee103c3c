"""What is wrong with the database, in a sentence that says what to do; the same one in every command and page."""

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_RESTORE = "Put a backup in its place: `python -m mms restore FILE`."
DISK_IS_FULL = "The disk is full, so nothing can be written. Make room, then try again; nothing is lost."
_SENTENCES: dict[str, tuple[str, ...]] = {  # what people are told, and what SQLite and PostgreSQL's driver say
    DISK_IS_FULL: ("disk is full", "disk full", "no space left"),
    "The disk is full, or it fails: nothing could be written. Make room, or have the disk checked, then try again.": (
        *("disk i/o error", "could not write", "could not extend"),
    ),
    "The database can only be read. Give this user the right to write its file and folder.": (
        *("readonly", "read-only", "read only"),
    ),
    f"The database file is damaged, or it is no database of this program. {_RESTORE}": (
        *("not a database", "malformed", "disk image", "corrupt"),
    ),
    f"The tables in this database are not those of this program. Check DATABASE_URL. {_RESTORE}": (
        *("no such table", "no such column", "does not exist", "undefined"),
    ),
    "The database file was removed or replaced while it was open. Start this program again.": ("removed or replaced",),
    "PostgreSQL does not accept the user or password in DATABASE_URL.": ("authentication failed",),
    "The database is busy: another program holds it. Try again in a moment.": ("locked", "lock timeout"),
    "The database file cannot be opened. Check its folder and who may read it.": ("unable to open",),
    "The database cannot be reached. Check that PostgreSQL runs and that DATABASE_URL is right; nothing is lost.": (
        *("connect", "timeout", "closed", "refused", "resolve", "terminat"),
    ),
}
_ANYTHING = "The database did not do what it was asked to. Nothing is lost; `python -m mms doctor` looks closer."


def database_sentence(error: SQLAlchemyError) -> str:
    """What to tell people."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    return next((told for told, words in _SENTENCES.items() if any(word in said for word in words)), _ANYTHING)


def is_lasting(error: SQLAlchemyError) -> bool:
    """Whether trying again cannot help: the file is damaged or foreign, and a person has to put another there."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    return any(word in said for word in ("not a database", "malformed", "disk image", "corrupt"))
