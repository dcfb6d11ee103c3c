"""From the environment to a site that can be served; what is wrong is said in sentences, and nothing starts."""

import sys
from functools import partial
from typing import NoReturn

from sqlalchemy.exc import SQLAlchemyError

from mms.campaigns.pictures.own_pictures import note_address
from mms.delivery.engine.worker_process import ensure_worker, worker_alive
from mms.errors import MmsError
from mms.http.asgi import Site, site
from mms.http.context import Context
from mms.http.middleware.host_guard import refuse_open_door
from mms.logs import configure_logging
from mms.services import account_for, connect
from mms.settings import load_settings

_NO_DATABASE = "The database at DATABASE_URL cannot be opened. Is it running, and may this computer use it?"


def site_or_exit(*, address: str | None, signs_in: bool, port: int | None = None, base_path: str = "") -> Site:
    """The site to serve, its database migrated; in practice mode the stand-in runs.

    `address` is what the server listens on (None: every interface), `signs_in` whether people sign in (OIDC).
    `port` is noted for the links of pictures in practice mode; None when the server does not tell.
    Ends the process with code 2 and the reason on standard error when it must not or cannot start.
    """
    try:
        settings = load_settings()
        refuse_open_door(settings, address=address, signs_in=signs_in)
        configure_logging(settings)
        services = connect(settings)
        if port:
            note_address(services.ledger, f"http://127.0.0.1:{port}")
    except MmsError as error:
        _exit(error.message)
    except SQLAlchemyError:
        _exit(_NO_DATABASE)
    context = Context(
        settings,
        services.ledger,
        services.account,
        partial(account_for, settings),
        services.senders,
        start_worker=partial(ensure_worker, settings),
        worker_alive=partial(worker_alive, settings),
    )
    return site(context, signs_in=signs_in, base_path=base_path)


def _exit(reason: str) -> NoReturn:
    print(f"MMS Campaigns did not start. {reason}", file=sys.stderr)
    sys.exit(2)
