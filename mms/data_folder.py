"""Whether the data folder can be used: path, owner and cure in one sentence, before anything trips over it."""

import os
from pathlib import Path

_CURE = "Give it to the user who runs this program, or set MMS_DATA_DIR to another folder."


def data_folder_problem(folder: Path) -> str | None:
    """What keeps this folder from being used, or from being made; None when nothing does."""
    there = next(place for place in (folder, *folder.parents) if os.path.lexists(place))
    try:
        is_folder = there.is_dir()
    except OSError:
        is_folder = False
    if not is_folder:
        return f"MMS_DATA_DIR: {there} is a file, not a folder. Move it away, or set MMS_DATA_DIR to another folder"
    if os.access(there, os.R_OK | os.W_OK | os.X_OK):
        return None
    what = "cannot be read and written" if there == folder else f"cannot be made, because {there} cannot be written"
    return f"MMS_DATA_DIR: {folder} {what} by this user; it belongs to {_owner(there)}. {_CURE}"


def _owner(place: Path) -> str:
    """The name of the owner; its number where it has no name, or the system has no such names."""
    try:
        return place.owner()
    except (KeyError, NotImplementedError, OSError):
        try:
            return f"user {place.stat().st_uid}"
        except OSError:
            return "somebody else"
