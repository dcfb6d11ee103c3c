"""Pictures that this installation hosts: where they are found, and how the pre-flight reads them."""

from mms.ledger import Ledger
from mms.ledger.options import option, set_option
from mms.media.store.own_pictures import OwnPictures
from mms.media.store.picture_store import FolderStore
from mms.settings import Settings

SERVED_AT = "served_at"
"""Option that holds the local address of the dashboard, noted when it starts."""
DEFAULT_ADDRESS = "http://127.0.0.1:8501"


def note_address(ledger: Ledger, address: str) -> None:
    """Remember where the dashboard answers on this computer, for picture links in practice mode."""
    with ledger.write() as connection:
        set_option(connection, SERVED_AT, address, at=ledger.now(connection), by=None)


def local_address(ledger: Ledger) -> str:
    """Where the dashboard was last served on this computer."""
    with ledger.read() as connection:
        return str(option(connection, SERVED_AT, DEFAULT_ADDRESS))


def picture_base_url(settings: Settings, ledger: Ledger) -> str | None:
    """Under which address hosted pictures are reached; None when phones could not reach any."""
    if settings.public_base_url:
        return settings.public_base_url
    return local_address(ledger) if settings.is_practice else None


def own_pictures(settings: Settings, ledger: Ledger) -> OwnPictures:
    """Links of this installation are judged from the store, without a request to ourselves."""
    bases = [base for base in (settings.public_base_url, local_address(ledger)) if base]
    return OwnPictures(bases, FolderStore(settings.data_dir / "pictures"))
