"""From the environment to a site that can be served; what is wrong is said in sentences, and nothing starts."""

import sys

from mms.errors import MmsError
from mms.http.exposure import refuse_open_door
from mms.http.web import Site, site
from mms.ledger import open_ledger
from mms.settings import load_settings


def site_or_exit(*, address: str | None, signs_in: bool) -> Site:
    """The site to serve, its database migrated.

    `address` is what the server listens on (None: every interface), `signs_in` whether people sign in (OIDC).
    Ends the process with code 2 and the reason on standard error when it must not or cannot start.
    """
    try:
        settings = load_settings()
        refuse_open_door(settings, address=address, signs_in=signs_in)
        return site(settings, open_ledger(settings), signs_in=signs_in)
    except MmsError as error:
        print(f"MMS Campaigns did not start. {error.message}", file=sys.stderr)
        sys.exit(2)
