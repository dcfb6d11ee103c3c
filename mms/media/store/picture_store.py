"""Where hosted pictures lie: a folder of this installation, or an S3 bucket (`s3.py`). Pictures never change."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mms.errors import MmsError
from mms.media.store.picture_names import is_picture_name


class HostedFileData(Protocol):
    """A picture, video or contact card that is fit to be sent."""

    @property
    def name(self) -> str:
        """The SHA-256 of the content and an extension."""

    @property
    def data(self) -> bytes:
        """The content."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A picture that was made here, under its name."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class HostedFile:
    """A file to be public at `path`, which begins with a slash and stands for its content."""

    path: str
    data: bytes
    content_type: str


class PictureStore(Protocol):
    """Keeps prepared pictures under their content's name."""

    def save(self, picture: HostedFileData) -> str:
        """Keep the picture and return its name. Saving it again changes nothing."""

    def read(self, name: str) -> bytes | None:
        """The picture, or None when there is none of that name, whatever the name is."""


class FolderStore:
    """Pictures in `folder`, readable by this account only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, picture: HostedFileData) -> str:
        """Write to a file aside and move it into place, so that nobody ever reads half a picture."""
        self.keep(picture.name, picture.data)
        return picture.name

    def keep(self, name: str, data: bytes) -> None:
        """Keep a picture under its name, unless it is there."""
        path = self._folder / name
        if not path.exists():
            try:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._write(path, data)
            except OSError as error:
                raise MmsError(
                    "The picture could not be stored. Is the disk full? Free some space and upload it again.",
                    code="picture_storage",
                ) from error

    def has(self, name: str) -> bool:
        """Whether it is kept."""
        return is_picture_name(name) and (self._folder / name).is_file()

    def forget(self, name: str) -> None:
        """Remove it, if it is there."""
        if is_picture_name(name):
            (self._folder / name).unlink(missing_ok=True)

    def _write(self, path: Path, data: bytes) -> None:
        handle, aside = tempfile.mkstemp(dir=self._folder, suffix=".part")  # mkstemp: for this account only
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(aside).replace(path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise

    def read(self, name: str) -> bytes | None:
        """The picture; None for an unknown name and for anything that is not a picture's name."""
        if not is_picture_name(name):
            return None
        path = self._folder / name
        return path.read_bytes() if path.is_file() and not path.is_symlink() else None
