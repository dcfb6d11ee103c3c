"""The handles that every entrance needs: settings, ledger, account; and the processes that must be alive.

The only room above `mms.practice`: in practice mode the account is that of the stand-in on this computer.
"""

from dataclasses import dataclass

from mms.access.sessions import forget_old_sessions
from mms.campaigns import zone_rules
from mms.campaigns.launch.senders import chosen_address, default_rate
from mms.campaigns.pictures.prestart_check import check_due_pictures
from mms.coupons.giving import put_back
from mms.delivery.engine.jobs import Job
from mms.delivery.engine.worker_process import ensure_worker
from mms.delivery.reconciliation.late_looks import EVERY_SECONDS, look_for_undecided
from mms.errors import MmsError
from mms.ledger import Ledger, open_ledger
from mms.ledger.moved import require_at_home
from mms.notices.watching import anything_is_watched
from mms.opt_outs.asking import EVERY_PRACTICE, AccountInbound, ask_for_replies
from mms.picture_templates.drawn_folder import forget_unused
from mms.practice.start import ensure_running
from mms.receipts import LIVE_TIERS, PRACTICE_TIERS, AccountLog, poll_due, sweep_early
from mms.recurring.states import is_any_ahead
from mms.retention.policy import purge_when_due
from mms.settings import Settings, load_settings
from mms.twilio_client import Account

YOUNG_SECONDS = 600.0
_closed_for: list[MmsError] = []


def close_for(fault: MmsError) -> None:
    """This process sends nothing any more: `connect` raises `fault`. What is mended holds from the next start on."""
    _closed_for[:] = [fault]


@dataclass(frozen=True, slots=True)
class Services:
    """One set for the life of a process; safe to share between threads."""

    settings: Settings
    ledger: Ledger
    account: Account
    senders: tuple[str, ...]  # addresses to send from, the preferred one first

    @property
    def mode(self) -> str:
        """`live` or `practice`, as campaigns store it."""
        return self.settings.mode.value

    @property
    def account_sid(self) -> str:
        """Whose messages they are."""
        return self.account.account_sid

    def sender_address(self, wanted: str | None = None) -> str:
        """The sender to use; raises CampaignError when there is none or `wanted` is not an address."""
        return chosen_address(self.settings, self.senders, wanted)

    def rate(self, address: str) -> float:
        """Messages a second from `address` when nobody chose another rate."""
        return default_rate(self.settings, address)

    def start_worker(self) -> None:
        """Make sure that a worker is alive; it goes on when this process ends."""
        ensure_worker(self.settings)


def connect(settings: Settings | None = None) -> Services:
    """Open the ledger and find the account; starts the stand-in in practice mode.

    Raises:
        SettingsError: naming every setting that is missing or malformed.
        MmsError: the fault with which this process began, until it ends: page, API and webhooks must not disagree.
    """
    if _closed_for:
        raise _closed_for[0]
    settings = settings or load_settings()
    ledger = open_ledger(settings)
    require_at_home(ledger)
    return Services(settings, ledger, account_for(settings), senders_of(settings))


def senders_of(settings: Settings) -> tuple[str, ...]:
    """The addresses of the settings; in practice mode, without any, those of the stand-in."""
    if not settings.is_practice:
        return settings.senders
    practice = ensure_running(settings.data_dir)
    return (practice.phone_number, practice.messaging_service_sid)


def account_for(settings: Settings) -> Account:
    """Where messages go and who signs in. Called again when the stand-in may have moved to another port."""
    if settings.is_practice:
        practice = ensure_running(settings.data_dir)
        return Account(practice.base_url, practice.account_sid, practice.account_sid, practice.auth_token)
    credentials = settings.credentials
    assert credentials is not None  # noqa: S101 - settings refuse live mode without credentials
    return Account.of(settings.api_base_url, credentials)


def run_worker(settings: Settings, *, stay: bool) -> None:
    """Be the worker process; ends the process. `stay`: also when there is nothing to do for a while."""
    from mms.delivery.engine.worker import run_worker as run_engine  # only the worker pays for importing the engine

    run_engine(settings, account_for, jobs=worker_jobs(settings), stay=stay)


def worker_jobs(settings: Settings) -> tuple[Job, ...]:
    """What the worker does beside sending; none of it disturbs a run."""
    return (
        Job("pictures before a start", 0.5, _check_pictures),
        Job("receipts", 1.0, _poll_receipts),
        Job("replies", EVERY_PRACTICE, _ask_for_replies),
        Job("early receipts", 5.0, _apply_early),
        Job("messages left to a person", min(EVERY_SECONDS, 3 * settings.settle_seconds), _look_for_undecided),
        Job("notices", 5.0, _tell),
        Job("notices to programs", 5.0, _post_notices),
        Job("people who join", 2.0, _take_joins),
        Job("recurring sends", 5.0, _start_recurring),
        Job("status posts", 2.0, _post_statuses),
        Job("coupon codes", 60.0, _put_coupons_back),
        Job("pictures of nobody", 3600.0, _forget_pictures),
        Job("start times", zone_rules.EVERY_SECONDS, _follow_zone_rules),
        Job("retention", 3600.0, _purge),
    )


def _check_pictures(ledger: Ledger, settings: Settings, _account: Account) -> None:
    check_due_pictures(ledger, settings)


def _poll_receipts(ledger: Ledger, settings: Settings, account: Account) -> bool:
    """Whether an idle worker should stay: receipts of young messages come within minutes."""
    with ledger.read() as connection:
        now = ledger.now(connection)
    tiers = PRACTICE_TIERS if settings.is_practice else LIVE_TIERS
    polled = poll_due(ledger, AccountLog(account), account.account_sid, now=now, tiers=tiers)
    return polled.youngest_age is not None and polled.youngest_age < YOUNG_SECONDS


def _ask_for_replies(ledger: Ledger, settings: Settings, account: Account) -> None:
    ask_for_replies(ledger, AccountInbound(account), account.account_sid, practice=settings.is_practice)


def _look_for_undecided(ledger: Ledger, _settings: Settings, account: Account) -> None:
    log = AccountLog(account)
    look_for_undecided(ledger, log.page, account.account_sid, log.clock)


def _tell(ledger: Ledger, settings: Settings, _account: Account) -> bool:
    if not settings.notify_listeners:
        return False
    from mms.notices.telling import tell_what_is_due  # only who wants notices pays for loading Apprise

    return tell_what_is_due(ledger, settings)


def _post_notices(ledger: Ledger, settings: Settings, _account: Account) -> bool:
    if not settings.notify_webhooks:
        return False
    from mms.notices.notice_posts import post_notices  # only who wants posts pays for loading a client

    return post_notices(ledger, settings)


def _take_joins(ledger: Ledger, _settings: Settings, account: Account) -> None:
    from mms.join_words.handling import take_joins

    take_joins(ledger, account.account_sid)


def _start_recurring(ledger: Ledger, settings: Settings, account: Account) -> bool:
    """Whether an idle worker should stay: something will be due."""
    with ledger.read() as connection:
        if not is_any_ahead(connection, settings.mode.value):
            return False
    from mms.campaigns.launch.checklist import Sending  # both load the checking of lists
    from mms.recurring.starting import start_due

    start_due(Sending(settings, ledger, account.account_sid, senders_of(settings)))
    return True


def _post_statuses(ledger: Ledger, settings: Settings, _account: Account) -> bool:
    if not anything_is_watched(ledger):
        return False
    from mms.notices.status_posts import post_what_is_due  # only who wants posts pays for loading a client

    return post_what_is_due(ledger, settings)


def _put_coupons_back(ledger: Ledger, _settings: Settings, _account: Account) -> None:
    with ledger.write() as connection:
        put_back(connection, now=ledger.now(connection))


def _forget_pictures(ledger: Ledger, settings: Settings, _account: Account) -> None:
    from mms.campaigns.pictures.personal_hosts import forget_hosted  # loads Pillow

    forget_unused(ledger, settings)
    forget_hosted(settings, ledger)


def _follow_zone_rules(ledger: Ledger, _settings: Settings, _account: Account) -> None:
    zone_rules.follow_zone_rules(ledger)


def _purge(ledger: Ledger, settings: Settings, _account: Account) -> None:
    purge_when_due(ledger)
    forget_old_sessions(ledger, settings)


def _apply_early(ledger: Ledger, _settings: Settings, _account: Account) -> None:
    sweep_early(ledger)
