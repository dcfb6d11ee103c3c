"""Which addresses may be posted to: https, and no door into the network of whoever runs the app."""

from mms.errors import MmsError
from mms.media.check.links import read_link
from mms.media.check.messages import LinkFault

_PORTS = frozenset({443, 8443})


def require_target(url: str, *, allow_private: bool) -> str:
    """The address as it will be asked; `allow_private` also lets http and this computer pass.

    Raises:
        MmsError: code `post_address`, saying what is wrong with it.
    """
    try:
        link = read_link(url, allow_private=allow_private, ports=_PORTS)
    except LinkFault:
        link = None
    if link is None or (link.scheme != "https" and not allow_private):
        raise MmsError(
            "This address cannot be posted to. Give a public one that starts with https://, "
            "without a password in it, on port 443 or 8443.",
            code="post_address",
        )
    return str(link)
