"""Hosted pictures on the person's own Twilio account: for a laptop that has nothing else on the web."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from filelock import FileLock

from mms.media.store.picture_names import content_type_of
from mms.media.store.picture_store import HostedFile, HostedFileData

MOST_KEPT = 600  # of a build's 1,000: the rest is for other installations on the account
LOCK_SECONDS = 300.0


class Home(Protocol):
    """Where the files of an account lie."""

    @property
    def url(self) -> str:
        """The public address in front of every path."""


_HomeT = TypeVar("_HomeT", bound=Home)


class Publisher(Protocol[_HomeT]):
    """What Twilio does (`mms.twilio_client.serverless`). All raise ProviderError in words."""

    def home(self) -> _HomeT:
        """The place on the account, made on first use."""

    def publish(
        self,
        home: _HomeT,
        files: Sequence[HostedFile],
        leave_out: Callable[[Collection[str]], Iterable[str]],
        uploaded: Callable[[], None] = ...,
    ) -> None:
        """Make the files public; everything else stays, but what `leave_out` names."""

    def paths(self, home: _HomeT) -> Collection[str]:
        """Everything that is public now."""


class TwilioFiles(Generic[_HomeT]):
    """`installation` names the folder of ours on the account, so that the pictures of others are left alone.

    `is_needed` says whether a picture's name may still be asked for by a campaign.
    """

    def __init__(
        self,
        publisher: Publisher[_HomeT],
        folder: Path,
        installation: str,
        is_needed: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._hosting = publisher
        self._known = folder / "twilio-files.json"
        self._lock = FileLock(folder / "twilio-files.lock", timeout=LOCK_SECONDS)
        self._prefix = f"/{installation}/"
        self._is_needed = is_needed

    def host(self, file: HostedFileData) -> str:
        """The public link; uploaded only when it is not there yet. Raises ProviderError in words."""
        self._known.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._prefix + file.name
        with self._lock:  # processes of this installation: one build at a time
            home = self._hosting.home()
            self._hosting.publish(home, [HostedFile(path, file.data, content_type_of(file.name))], self._too_many)
            self._note(path)
        return home.url + path

    def _too_many(self, published: Collection[str]) -> Iterable[str]:
        """Of ours the oldest, whose campaigns are long over, once there are more than some hundreds."""
        order = self._order()
        ours = [path for path in published if path.rpartition("/")[0] == self._prefix.rstrip("/")]
        ours.sort(key=lambda path: order.get(path, len(order)))
        spare = len(ours) - MOST_KEPT
        return islice((path for path in ours if not self._is_needed(path.rpartition("/")[2])), max(spare, 0))

    def _order(self) -> dict[str, int]:
        try:
            return {path: at for at, path in enumerate(json.loads(self._known.read_text("utf-8")))}
        except (OSError, ValueError):
            return {}

    def _note(self, path: str) -> None:
        """Remember the order of use: what was used last is the youngest."""
        known = [one for one in self._order() if one != path]
        self._known.write_text(json.dumps([*known, path]), "utf-8")
