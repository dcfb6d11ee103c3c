"""Pictures made for each person, made ahead on the person's own Twilio account: many in one build."""

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Generic, TypeVar

from filelock import FileLock

from mms.media.store.picture_names import content_type_of
from mms.media.store.picture_store import HostedFile
from mms.media.store.twilio_files import LOCK_SECONDS, Home, Publisher

MOST_AT_TWILIO = 900  # of a build's 1,000: the rest is for pictures that everybody gets, and other installations
_FOLDER = "people"
_IN_A_BUILD = 100
_HomeT = TypeVar("_HomeT", bound=Home)
Needed = Callable[[Sequence[str]], Collection[str]]


class TwilioPeople(Generic[_HomeT]):
    """`needed` says which names some row has, `still_sent` which of them belong to a campaign that may still go on."""

    def __init__(
        self, publisher: Publisher[_HomeT], folder: Path, installation: str, needed: Needed, still_sent: Needed
    ) -> None:
        self._hosting = publisher
        self._lock = FileLock(folder / "twilio-files.lock", timeout=LOCK_SECONDS)
        self._prefix = f"/{installation}/{_FOLDER}/"
        self._needed, self._still_sent = needed, still_sent
        self._home: _HomeT | None = None

    @property
    def base(self) -> str:
        """The address before each name. Raises ProviderError in words."""
        self._home = self._home or self._hosting.home()
        return self._home.url + self._prefix

    def put(self, names: Sequence[str], read: Callable[[str], bytes], tell: Callable[[int], None]) -> None:
        """Publish those that are not there yet, a hundred in a build; `tell` hears how many are.

        What was published before this process was killed is not uploaded again. Raises ProviderError in words.
        """
        home = self._home = self._home or self._hosting.home()
        with self._lock:
            there = self._hosting.paths(home)
            missing = [name for name in names if self._prefix + name not in there]
            done = count(len(names) - len(missing) + 1)
            rest = iter(missing)
            while some := list(islice(rest, _IN_A_BUILD)):
                files = [HostedFile(self._prefix + name, read(name), content_type_of(name)) for name in some]
                self._hosting.publish(home, files, self._over, lambda: tell(next(done)))

    def forget_all_but(self, needed: Needed) -> None:
        """Take away what nobody needs any more. Raises ProviderError in words."""
        home = self._home = self._home or self._hosting.home()
        with self._lock:
            self._hosting.publish(home, [], lambda published: self._without(published, needed))

    def _over(self, published: Collection[str]) -> Iterable[str]:
        """Where room is short, pictures of campaigns that ended days ago go, too."""
        ours = [path for path in published if path.startswith(self._prefix)]
        return self._without(published, self._needed if len(ours) <= MOST_AT_TWILIO else self._still_sent)

    def _without(self, published: Collection[str], needed: Needed) -> Iterable[str]:
        names = [path.removeprefix(self._prefix) for path in published if path.startswith(self._prefix)]
        return [self._prefix + name for name in set(names) - set(needed(names))]
