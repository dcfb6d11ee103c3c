"""Settings from the environment or `.env`, read once, checked at once, passed down as one value.

Every missing or malformed setting is named in one `SettingsError`. Secrets never show in `repr`.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import phonenumbers

from mms.data_folder import data_folder_problem
from mms.env_file import env_path, read_env_file
from mms.errors import SettingsError

TWILIO_BASE_URL = "https://api.twilio.com"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_T = TypeVar("_T")
_WEBHOOK = "webhook+"

NAMES = (
    *("MMS_MODE", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY_SID", "TWILIO_API_KEY_SECRET"),
    *("TWILIO_PHONE_NUMBER", "TWILIO_MESSAGING_SERVICE_SID", "TWILIO_API_BASE_URL", "DATABASE_URL", "MMS_DATA_DIR"),
    *("DEFAULT_REGION", "MMS_RATE", "MMS_MAX_IN_FLIGHT", "MMS_BATCH_SIZE", "MMS_ALLOW_PRIVATE_MEDIA"),
    *("PUBLIC_BASE_URL", "MMS_API_KEYS", "LOG_LEVEL", "LOG_FORMAT", "MMS_REQUEST_TIMEOUT", "MMS_SETTLE_SECONDS"),
    *("MMS_ALLOW_REMOTE_WITHOUT_SIGN_IN", "MMS_ADMIN_EMAILS", "MMS_MEDIA_HOST", "MMS_MEDIA_BUCKET"),
    *("MMS_MEDIA_ENDPOINT_URL", "MMS_MONTHLY_BUDGET", "MMS_CONFIRM_ABOVE", "MMS_NOTIFY_URLS", "MMS_WORKER"),
    *("MMS_ALLOWED_HOSTS", "MMS_TRUSTED_ISSUERS", "MMS_SESSION_LIFETIME", "MMS_SESSION_IDLE"),
)
"""Every name that is read. Others that begin like ours and are nearly one of these are told as misspelt."""
_BEGINNINGS = ("MMS_", "TWILIO_")
_OTHERS_NAMES = frozenset({"MMS_" + "KEY", *("TWILIO_" + rest for rest in ("REGION", "EDGE", "API_KEY", "API_SECRET"))})
"""Names of Twilio's own tools, and of the API's examples: no misspellings of ours."""


class Mode(StrEnum):
    """Whether messages go to Twilio or to the stand-in on this computer."""

    LIVE = "live"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signs in at Twilio: account SID with its token, or with an API key."""

    account_sid: str
    username: str  # the account SID, or the API key's SID
    secret: str = field(repr=False)
    auth_token: str | None = field(default=None, repr=False)  # only this one can check webhook signatures


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of the contract. Times in seconds, sizes in rows or requests."""

    mode: Mode
    credentials: Credentials | None
    phone_number: str | None
    messaging_service_sid: str | None
    api_base_url: str
    data_dir: Path
    database_url: str = field(repr=False)  # may hold a password
    region: str
    rate: float | None  # None: by the sender's type
    max_in_flight: int
    batch_size: int
    allow_private_media: bool
    public_base_url: str | None
    api_keys: Mapping[str, str] = field(repr=False)
    log_level: str
    log_format: str
    request_timeout: float  # seconds to wait for Twilio's answer before a row becomes `unknown`
    settle_seconds: float  # how long Twilio's log is asked before an unfound message may be sent again
    media_bucket: str | None
    media_endpoint_url: str | None
    allow_remote_without_sign_in: bool = False  # the operator says that something else guards the dashboard
    allowed_hosts: frozenset[str] = frozenset()  # names beside that of `public_base_url` under which it is reached
    trusted_issuers: frozenset[str] = frozenset()  # whose addresses count although the provider does not confirm them
    session_lifetime: float = 43_200.0  # seconds from a sign-in until the next one
    session_idle: float = 3_600.0  # seconds without a click until the next sign-in
    admin_emails: frozenset[str] = frozenset()  # signed-in people who are admins whatever the stored roles say
    media_host: str = "auto"  # auto, own, bucket, twilio
    monthly_budget: Decimal | None = None  # in the account's currency
    worker_is_service: bool = False  # a service manager starts the worker, and nobody else does
    notify_urls: tuple[str, ...] = field(default=(), repr=False)  # Apprise URLs; they may hold tokens
    confirm_above: int = 5000  # from so many people on, the number is typed before a live send

    @property
    def notify_webhooks(self) -> tuple[str, ...]:
        """Of the notify URLs, the addresses that get signed posts."""
        return tuple(url.removeprefix(_WEBHOOK) for url in self.notify_urls if url.startswith(_WEBHOOK))

    @property
    def notify_listeners(self) -> tuple[str, ...]:
        """Of the notify URLs, those that Apprise reads."""
        return tuple(url for url in self.notify_urls if not url.startswith(_WEBHOOK))

    @property
    def is_practice(self) -> bool:
        """Whether nothing leaves this computer."""
        return self.mode is Mode.PRACTICE

    @property
    def allows_fictional_numbers(self) -> bool:
        """Numbers 555-0100 to 555-0199 reach nobody, so they are refused only where real people would be."""
        return self.is_practice or urlsplit(self.api_base_url).hostname in LOOPBACK_HOSTS

    @property
    def senders(self) -> tuple[str, ...]:
        """The addresses that a campaign may choose from, the preferred one first."""
        return tuple(s for s in (self.messaging_service_sid, self.phone_number) if s)


def load_settings(environ: Mapping[str, str] | None = None, env_file: Path | None = None) -> Settings:
    """Settings of this process: the environment wins over `.env`.

    Raises:
        SettingsError: naming everything that is missing or malformed, or why the data folder cannot be used.
    """
    read = settings_from({**read_env_file(env_file or env_path()), **(os.environ if environ is None else environ)})
    if problem := data_folder_problem(read.data_dir):
        raise SettingsError([problem])
    return read


def settings_from(values: Mapping[str, str]) -> Settings:
    """Settings from a plain mapping of the contract's names."""
    return _Reading({name: value.strip() for name, value in values.items() if value.strip()}).settings()


class _Reading:
    """One pass over the values, collecting every complaint instead of stopping at the first."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.problems: list[str] = []

    def settings(self) -> Settings:
        credentials = self._credentials()
        base_url = self._parsed("TWILIO_API_BASE_URL", _api_base_url, TWILIO_BASE_URL)
        data_dir = Path(self.values.get("MMS_DATA_DIR", "data")).expanduser().resolve()
        read = Settings(
            mode=self._mode(credentials),
            credentials=credentials,
            phone_number=self._parsed("TWILIO_PHONE_NUMBER", _e164, None),
            messaging_service_sid=self._parsed("TWILIO_MESSAGING_SERVICE_SID", _service_sid, None),
            api_base_url=base_url,
            data_dir=data_dir,
            database_url=self._parsed("DATABASE_URL", _database_url, _sqlite_url(data_dir)),
            region=self._parsed("DEFAULT_REGION", _region, "US"),
            rate=self._parsed("MMS_RATE", _rate, None),
            max_in_flight=self._parsed("MMS_MAX_IN_FLIGHT", _count, 10),
            batch_size=self._parsed("MMS_BATCH_SIZE", _count, 100),
            # A stand-in on this computer hosts pictures here, too.
            allow_private_media=self._parsed(
                "MMS_ALLOW_PRIVATE_MEDIA", _truth, urlsplit(base_url).hostname in LOOPBACK_HOSTS
            ),
            public_base_url=self._parsed("PUBLIC_BASE_URL", _public_base_url, None),
            api_keys=self._parsed("MMS_API_KEYS", _api_keys, {}),
            log_level=self._parsed("LOG_LEVEL", _one_of("debug", "info", "warning", "error"), "info"),
            log_format=self._parsed("LOG_FORMAT", _one_of("text", "json"), "text"),
            request_timeout=self._parsed("MMS_REQUEST_TIMEOUT", _seconds, 30.0),
            settle_seconds=self._parsed("MMS_SETTLE_SECONDS", _seconds, 60.0),
            media_bucket=self.values.get("MMS_MEDIA_BUCKET"),
            media_endpoint_url=self._parsed("MMS_MEDIA_ENDPOINT_URL", _http_url, None),
            allow_remote_without_sign_in=self._parsed("MMS_ALLOW_REMOTE_WITHOUT_SIGN_IN", _truth, False),
            allowed_hosts=self._parsed("MMS_ALLOWED_HOSTS", _host_names, frozenset()),
            trusted_issuers=self._parsed("MMS_TRUSTED_ISSUERS", _issuers, frozenset()),
            session_lifetime=self._parsed("MMS_SESSION_LIFETIME", _long, 43_200.0),
            session_idle=self._parsed("MMS_SESSION_IDLE", _long, 3_600.0),
            admin_emails=self._parsed("MMS_ADMIN_EMAILS", _emails, frozenset()),
            media_host=self._parsed("MMS_MEDIA_HOST", _one_of("auto", "own", "bucket", "twilio"), "auto"),
            monthly_budget=self._parsed("MMS_MONTHLY_BUDGET", _money, None),
            notify_urls=self._parsed("MMS_NOTIFY_URLS", _notify_urls, ()),
            confirm_above=self._parsed("MMS_CONFIRM_ABOVE", _whole_number, 5000),
            worker_is_service=self._parsed("MMS_WORKER", _one_of("auto", "service"), "auto") == "service",
        )
        self.problems += _misspelt(self.values)
        self.problems += _media_host_problems(read)
        if read.mode is Mode.LIVE and not read.senders:
            self.problems.append(
                "TWILIO_PHONE_NUMBER or TWILIO_MESSAGING_SERVICE_SID is missing: messages need a sender"
            )
        if self.problems:
            raise SettingsError(self.problems)
        return read

    def _parsed(self, name: str, parse: Callable[[str], _T], default: Any) -> Any:
        text = self.values.get(name)
        if text is None:
            return default
        try:
            return parse(text)
        except ValueError as error:
            self.problems.append(f"{name} {error}")
            return default

    def _credentials(self) -> Credentials | None:
        """None when nothing is set; half of a pair is named as a problem, never taken as practice."""
        sid, token, key, secret = (
            self.values.get(name)
            for name in (
                "TWILIO_ACCOUNT_SID",
                "TWILIO_AUTH_TOKEN",
                "TWILIO_API_KEY_SID",
                "TWILIO_API_KEY_SECRET",
            )
        )
        if not any((sid, token, key, secret)):
            return None
        if sid and not re.fullmatch(r"AC[0-9a-fA-F]{32}", sid):
            self.problems.append("TWILIO_ACCOUNT_SID is not an account SID (AC and 32 letters or digits)")
        if not sid:
            self.problems.append("TWILIO_ACCOUNT_SID is missing")
        if bool(key) != bool(secret):
            missing = "TWILIO_API_KEY_SECRET" if key else "TWILIO_API_KEY_SID"
            self.problems.append(f"{missing} is missing: an API key has both")
        if not token and not (key or secret):
            self.problems.append("TWILIO_AUTH_TOKEN is missing (or set TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET)")
        username, password = (key, secret) if key and secret else (sid, token)
        if not (sid and username and password):
            return None
        return Credentials(sid, username, password, token)

    def _mode(self, credentials: Credentials | None) -> Mode:
        wanted = self._parsed("MMS_MODE", _one_of("auto", "live", "practice"), "auto")
        if wanted == "practice":
            return Mode.PRACTICE
        if credentials is None and wanted == "live" and not self.problems:
            self.problems.append("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are missing: MMS_MODE is live")
        return Mode.LIVE if credentials is not None or wanted == "live" else Mode.PRACTICE


def _misspelt(values: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(values.keys() - set(NAMES) - _OTHERS_NAMES):
        if name.upper().startswith(_BEGINNINGS):
            near = get_close_matches(name.upper(), NAMES, n=1, cutoff=0.85)
            if near:
                yield f"{name} is not a setting: did you mean {near[0]}?"


def _media_host_problems(read: Settings) -> Iterator[str]:
    if read.is_practice:
        return
    if read.media_host == "own" and not read.public_base_url:
        yield "PUBLIC_BASE_URL is missing: MMS_MEDIA_HOST is own"
    if read.media_host == "bucket" and not read.media_bucket:
        yield "MMS_MEDIA_BUCKET is missing: MMS_MEDIA_HOST is bucket"


def _sqlite_url(data_dir: Path) -> str:
    return f"sqlite:///{(data_dir / 'mms.db').as_posix()}"


def _e164(text: str) -> str:
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not text.startswith("+"):
        raise ValueError("is not a number in E.164 form, such as +12025550123")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _service_sid(text: str) -> str:
    if not re.fullmatch(r"MG[0-9a-fA-F]{32}", text):
        raise ValueError("is not a Messaging Service SID (MG and 32 letters or digits)")
    return text


def _http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not a web address that starts with https://")
    return text.rstrip("/")


def _api_base_url(text: str) -> str:
    url = _http_url(text)
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise ValueError("must start with https:// (plain http only for this computer itself)")
    return url


def _public_base_url(text: str) -> str:
    url = _http_url(text)
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise ValueError("must start with https:// so that Twilio can trust it")
    return url


def _database_url(text: str) -> str:
    scheme = text.split("://", 1)[0].split("+")[0]
    if scheme == "sqlite":
        return text
    if scheme in ("postgresql", "postgres"):
        return "postgresql+psycopg://" + text.split("://", 1)[1]
    raise ValueError("must start with sqlite:// or postgresql://")


def _region(text: str) -> str:
    if text.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("is not a two-letter country code such as US")
    return text.upper()


def _rate(text: str) -> float:
    rate = _number(text)
    if not 0 <= rate <= 10_000:
        raise ValueError("must be a number of messages a second, 0 to 10000 (0: no pacing)")
    return rate


def _seconds(text: str) -> float:
    seconds = _number(text)
    if not 0 < seconds <= 86_400:
        raise ValueError("must be a number of seconds above 0")
    return seconds


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("is not a number") from None


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise ValueError("must be a whole number above 0")
    return int(text)


def _whole_number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise ValueError("must be a whole number, 0 or more")
    return int(text)


def _money(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError("must be an amount of money such as 250 or 99.50") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError("must be an amount of money such as 250 or 99.50")
    return amount


def _truth(text: str) -> bool:
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise ValueError("must be true or false")


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text.lower()

    return parse


def _notify_urls(text: str) -> tuple[str, ...]:
    """Whether Apprise knows each of them is asked by `doctor`, which loads it."""
    urls = tuple(text.replace(",", " ").split())
    if not all("://" in url for url in urls):
        raise ValueError(
            "wants Apprise URLs such as mailto://… or slack://…, or webhook+https://…, separated by spaces"
        )
    return urls


def _emails(text: str) -> frozenset[str]:
    emails = frozenset(part.strip().lower() for part in text.split(",") if part.strip())
    if not all("@" in email for email in emails):
        raise ValueError("must be e-mail addresses, separated by commas")
    return emails


def _long(text: str) -> float:
    seconds = _number(text)
    if not 60 <= seconds <= 2_592_000:
        raise ValueError("must be a number of seconds, 60 to 2592000 (30 days)")
    return seconds


def _host_names(text: str) -> frozenset[str]:
    names = frozenset(part.strip().lower() for part in text.split(",") if part.strip())
    if not all(re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:]+", name) for name in names):
        raise ValueError("must be names such as texts.example.com, separated by commas; no pattern, no port")
    return names


def _issuers(text: str) -> frozenset[str]:
    issuers = frozenset(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    if not all(issuer.startswith("https://") and "{" not in issuer for issuer in issuers):
        raise ValueError("must be addresses such as https://login.microsoftonline.com/TENANT/v2.0, separated by commas")
    return issuers


def _api_keys(text: str) -> dict[str, str]:
    keys: dict[str, str] = {}
    for part in text.split(","):
        name, _, digest = part.strip().partition(":")
        if not name or not re.fullmatch(r"[0-9a-fA-F]{64}", digest):
            raise ValueError("must be name:sha256-of-key pairs, separated by commas")
        keys[name] = digest.lower()
    return keys
