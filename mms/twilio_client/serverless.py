"""Public files on the person's own Twilio account (Serverless Assets). The rule of concurrency is `publish`'s.

Source: twilio.com/docs/serverless/api. A build replaces the one before it: it must name every version that stays.
"""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from mms.errors import ProviderError
from mms.media.store.picture_store import HostedFile
from mms.twilio_client.account import Account
from mms.twilio_client.hosts import http_client

SERVICE_NAME = "mms-campaigns-pictures"
ENVIRONMENT_NAME = "pictures"
_UPLOAD = "https://serverless-upload.twilio.com/v1/Services/{service}/Assets/{asset}/Versions"
_SECONDS = 60.0
_BUILD_SECONDS = 120.0
MOST_FILES = 1_000  # of one build, whoever put them there
_UPLOADS_AT_ONCE = 8
_ROUNDS = 6  # of two installations that publish at the same moment
_BUSY, _NO_ENTRY, _FORBIDDEN, _THERE_ALREADY, _UNKNOWN = 429, 401, 403, 409, 404


@dataclass(frozen=True, slots=True)
class Home:
    """Our service and environment, and the public address in front of every path."""

    service_sid: str
    environment_sid: str
    url: str


class FileHosting:
    """Files of one account. `sleep` is waited with between two looks at a build."""

    def __init__(self, account: Account, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._account = account
        self._http = http_client(account.base_url, timeout=_SECONDS)
        self._api = account.client(self._http).serverless.v1
        self._sleep = sleep

    def home(self) -> Home:
        """Our service and environment, made on first use.

        Raises:
            ProviderError: in words, with what to do.
        """
        with _in_words():
            service = self._service()
            environment = self._environment_in(self._api.services(service.sid).environments)
        scheme = urlsplit(self._account.base_url).scheme
        return Home(str(service.sid), str(environment.sid), f"{scheme}://{environment.domain_name}")

    def _service(self) -> Any:
        try:
            return self._api.services(SERVICE_NAME).fetch()
        except TwilioRestException as error:
            if error.status != _UNKNOWN:
                raise
        try:
            return self._api.services.create(
                unique_name=SERVICE_NAME, friendly_name="Pictures of MMS Campaigns", include_credentials=False
            )
        except TwilioRestException as error:
            if error.status == _THERE_ALREADY:  # another installation was quicker
                return self._api.services(SERVICE_NAME).fetch()
            if error.status in (_NO_ENTRY, _FORBIDDEN):
                raise
            raise _ServiceRefused(error) from error

    def _environment_in(self, environments: Any) -> Any:
        known = {one.unique_name: one for one in environments.list()}
        try:
            return known.get(ENVIRONMENT_NAME) or environments.create(unique_name=ENVIRONMENT_NAME)
        except TwilioRestException as error:
            if error.status != _THERE_ALREADY:  # as above
                raise
            return next(one for one in environments.list() if one.unique_name == ENVIRONMENT_NAME)

    def paths(self, home: Home) -> frozenset[str]:
        """Everything that is public now, of whatever installation. Raises ProviderError in words."""
        with _in_words():
            return frozenset(self._versions_of(home, self._active_build(home)))

    def publish(
        self,
        home: Home,
        files: Sequence[HostedFile],
        leave_out: Callable[[Collection[str]], Iterable[str]],
        uploaded: Callable[[], None] = lambda: None,
    ) -> None:
        """Make the files public in one build, and keep everything that is, but the paths that `leave_out` names.

        `uploaded` is called for each file once Twilio has it; nothing is built when nothing would change.

        Somebody else may deploy between our look and our deployment: the deployment right before ours then is not the
        one that we built upon, its files are taken in, and we build anew.

        Raises:
            ProviderError: in words, with what to do; what was public before still is.
        """
        with _in_words():
            base = self._active_build(home)
            keep = self._versions_of(home, base)
            new = [file for file in files if file.path not in keep]
            dropped = set(leave_out({*keep, *(file.path for file in new)})) & keep.keys()
            if not new and not dropped:
                return
            _require_room(len(keep) + len(new) - len(dropped))
            keep |= self._upload_all(home, new, uploaded)
            for _ in range(_ROUNDS):
                keep = {path: version for path, version in keep.items() if path not in dropped}
                build = self._build(home, keep.values())
                if self._active_build(home) == base:
                    self._environment(home).deployments.create(build_sid=build)
                    base, passed_over = build, self._before(home, build, base)
                    if not passed_over:
                        return
                else:
                    passed_over = base = self._active_build(home)
                keep = {**self._versions_of(home, passed_over), **keep}
        raise ProviderError(
            "Another installation is putting pictures on this Twilio account just now. Try again in a minute.",
            code="picture_storage",
        )

    def _before(self, home: Home, ours: str, base: str | None) -> str | None:
        """The build that ours took the place of unknowingly; None when it is the one we built upon."""
        found = [str(one.build_sid) for one in self._environment(home).deployments.list(limit=20)]
        following = found[found.index(ours) + 1 :] if ours in found else found
        previous = following[0] if following else None
        return None if previous == base else previous

    def _environment(self, home: Home) -> Any:
        return self._api.services(home.service_sid).environments(home.environment_sid)

    def _active_build(self, home: Home) -> str | None:
        found = self._environment(home).fetch().build_sid
        return str(found) if found else None

    def _versions_of(self, home: Home, build_sid: str | None) -> dict[str, str]:
        if build_sid is None:
            return {}
        found = self._api.services(home.service_sid).builds(build_sid).fetch().asset_versions or []
        return {str(one["path"]): str(one["sid"]) for one in found}

    def _upload_all(self, home: Home, files: Sequence[HostedFile], uploaded: Callable[[], None]) -> dict[str, str]:
        versions: dict[str, str] = {}
        with ThreadPoolExecutor(min(_UPLOADS_AT_ONCE, len(files)) or 1, thread_name_prefix="upload") as pool:
            for file, version in zip(files, pool.map(lambda one: self._upload(home, one), files), strict=True):
                versions[file.path] = version
                uploaded()
        return versions

    def _upload(self, home: Home, file: HostedFile) -> str:
        """Another host than the rest, and not in the SDK."""
        asset = self._api.services(home.service_sid).assets.create(friendly_name=file.path.rpartition("/")[2][:255])
        address = _UPLOAD.format(service=home.service_sid, asset=asset.sid)
        answer = self._http.session.post(
            address,
            auth=(self._account.username, self._account.secret),
            data={"Path": file.path, "Visibility": "public"},
            files={"Content": (file.path.rpartition("/")[2], file.data, file.content_type)},
            timeout=_SECONDS,
        )
        if answer.status_code >= 400:
            raise TwilioRestException(answer.status_code, address, "upload refused")
        return str(answer.json()["sid"])

    def _build(self, home: Home, versions: Iterable[str]) -> str:
        builds = self._api.services(home.service_sid).builds
        build = builds.create(asset_versions=sorted(versions))
        give_up = time.monotonic() + _BUILD_SECONDS
        status = str(build.status)
        while status != "completed":
            if status == "failed" or time.monotonic() > give_up:
                raise _BuildFailed
            self._sleep(1.0)
            status = str(builds(str(build.sid)).fetch().status)
        return str(build.sid)


def _require_room(files: int) -> None:
    if files > MOST_FILES:
        raise ProviderError(
            f"Twilio hosts up to {MOST_FILES:,} pictures for an account, and there would be {files:,}. Use a bucket "
            "(MMS_MEDIA_BUCKET) or a public address (PUBLIC_BASE_URL) for so many. Nothing was sent.",
            code="too_many_pictures",
        )


class _BuildFailed(Exception):  # noqa: N818 - turned into a sentence below
    pass


class _ServiceRefused(Exception):  # noqa: N818 - likewise
    pass


class _in_words:  # noqa: N801 - read as a statement: `with _in_words():`
    """Every failure of these calls as a sentence with what to do."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None and (sentence := _sentence(error)):
            raise ProviderError(f"{sentence} Nothing was sent.", code="picture_storage") from error


def _sentence(error: BaseException) -> str | None:
    if isinstance(error, _BuildFailed):
        return "Twilio could not publish the picture (its build failed). Try again in a minute."
    if isinstance(error, _ServiceRefused):
        return (
            "Twilio does not let this account host pictures: it may have reached its 10 services. Delete one under "
            "Functions and Assets in the Twilio Console, or give a link to a picture that is already on the web."
        )
    if isinstance(error, TwilioRestException):
        return _BY_STATUS.get(
            error.status, f"Twilio refused to host the picture (error {error.code}). Try again later."
        )
    if isinstance(error, TwilioException | requests.RequestException):
        return "Twilio could not be reached to host the picture. Check the network connection and try again."
    if isinstance(error, ValueError | TypeError | KeyError | AttributeError):
        return "What answered at Twilio's address does not host pictures as Twilio does. Check TWILIO_API_BASE_URL."
    return None


_BY_STATUS = {
    _NO_ENTRY: "Twilio does not accept the account SID and token for hosting pictures. Check them under Settings.",
    _FORBIDDEN: (
        "This API key may not host pictures: it is a restricted one. Use the auth token or a standard key, "
        "or give a link to a picture that is already on the web."
    ),
    _BUSY: (
        "This Twilio account has used up its builds of this hour (100), so no new picture can be published now. "
        "Try again in an hour, or give a link to a picture that is already on the web."
    ),
    413: "Twilio does not take files above 25 MB. Choose a smaller one.",
}
