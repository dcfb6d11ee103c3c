"""From the environment to a site that can be served; wrong settings are one page that says how to mend them."""

import sys
from functools import partial
from typing import NoReturn

from sqlalchemy.exc import SQLAlchemyError

from mms.access.cookie_secret import require_strong_secret
from mms.campaigns.pictures.own_pictures import note_address
from mms.delivery.engine.worker_process import ensure_worker, worker_alive
from mms.errors import MmsError
from mms.http.asgi import Site, site
from mms.http.closed_site import closed_site
from mms.http.context import ClaimsOf, Context
from mms.http.middleware.host_guard import refuse_open_door
from mms.http.new_start import try_first
from mms.http.running import announce, refuse_second_dashboard
from mms.ledger import open_ledger
from mms.ledger.faults import database_sentence
from mms.logs import configure_logging
from mms.services import Services, account_for, close_for, connect
from mms.settings import Settings, load_settings


def site_or_exit(
    *,
    address: str | None,
    port: int | None = None,
    port_is_chosen: bool = True,
    claims_of: ClaimsOf | None = None,
    cookie_secret: str | None = None,
    base_path: str = "",
) -> Site:
    """The site to serve, its database migrated; in practice mode the stand-in runs.

    `address` is what the server listens on (None: every interface), `claims_of` reads who signed
    in (OIDC) from a request's cookies, which `cookie_secret` signs; None where nobody signs in.
    `port` is noted for the links of pictures in practice mode; None when the server does not tell.
    Wrong settings give a site that says so and sends nothing. Ends the process with code 2 and the reason on
    standard error when it must not serve: an open door, another dashboard on this folder, no database server.
    """
    signs_in = claims_of is not None
    try_first(partial(_try, address=address, signs_in=signs_in))
    try:
        settings = load_settings()
    except MmsError as fault:
        return _closed(fault, signs_in=signs_in, port=port, base_path=base_path)
    try:
        refuse_open_door(settings, address=address, signs_in=signs_in)
        if signs_in:
            require_strong_secret(cookie_secret or "")
        if port and not port_is_chosen:
            refuse_second_dashboard(settings, port)
    except MmsError as error:
        _exit(error.message)
    configure_logging(settings)
    try:
        services = connect(settings)
    except MmsError as fault:
        return _closed(fault, signs_in=signs_in, port=port, base_path=base_path)
    except SQLAlchemyError as error:
        _exit(database_sentence(error))  # whoever watches this process starts it again, until the database is there
    if port:
        note_address(services.ledger, f"http://127.0.0.1:{port}")
        announce(settings, port)
    return site(_context(settings, services, claims_of), base_path=base_path)


def _try(settings: Settings, *, address: str | None, signs_in: bool) -> None:
    """Raises MmsError for what would end a process that starts with these settings."""
    refuse_open_door(settings, address=address, signs_in=signs_in)
    try:
        open_ledger(settings).close()
    except SQLAlchemyError as error:
        raise MmsError(database_sentence(error), code="database") from error


def _context(settings: Settings, services: Services, claims_of: ClaimsOf | None) -> Context:
    return Context(
        settings,
        services.ledger,
        services.account,
        partial(account_for, settings),
        services.senders,
        start_worker=partial(ensure_worker, settings),
        worker_alive=partial(worker_alive, settings),
        claims_of=claims_of,
    )


def _closed(fault: MmsError, *, signs_in: bool, port: int | None, base_path: str) -> Site:
    close_for(fault)
    print(f"Nothing is sent: {fault.message}", file=sys.stderr)
    print(f"How to fix it: http://localhost:{port or 8501}", file=sys.stderr)
    return closed_site(fault, signs_in=signs_in, base_path=base_path)


def _exit(reason: str) -> NoReturn:
    print(f"MMS Campaigns did not start. {reason}", file=sys.stderr)
    sys.exit(2)
