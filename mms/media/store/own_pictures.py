"""Links to pictures that this installation hosts itself: judged from the store, without a request to ourselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from mms.media.store.picture_names import is_picture_name
from mms.media.store.picture_store import PictureStore


@dataclass(frozen=True, slots=True)
class OwnPictures:
    """`base_urls` are the addresses under which this installation is reached, with or without a path."""

    base_urls: Sequence[str]
    store: PictureStore

    def name_in(self, url: str) -> str | None:
        """The picture's name when the link is one of ours; None for every other link."""
        for base in self.base_urls:
            prefix = f"{base.rstrip('/')}/pictures/"
            if url.startswith(prefix) and is_picture_name(name := urlsplit(url).path.rpartition("/")[2]):
                return name if url == prefix + name else None
        return None

    def read(self, name: str) -> bytes | None:
        """The picture, or None when it is not stored."""
        return self.store.read(name)
