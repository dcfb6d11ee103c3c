"""Which sentence belongs to which failure of the network: aiohttp's and OpenSSL's words turned into ours, once."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp

from mms.media.check.addresses import AddressRefused
from mms.media.check.limits import MediaLimits
from mms.media.check.messages import LinkFault, Reason

# OpenSSL's verification results (X509_V_ERR_*); any other is TLS_BROKEN.
_CERTIFICATE = {
    9: Reason.TLS_NOT_YET_VALID,
    10: Reason.TLS_EXPIRED,
    18: Reason.TLS_SELF_SIGNED,
    19: Reason.TLS_UNKNOWN_ISSUER,
    20: Reason.TLS_UNKNOWN_ISSUER,
    21: Reason.TLS_UNKNOWN_ISSUER,
    62: Reason.TLS_OTHER_HOST,
    64: Reason.TLS_OTHER_HOST,
}
_NETWORK: tuple[tuple[type[Exception], Reason], ...] = (  # the first that fits
    (aiohttp.ClientConnectorSSLError, Reason.TLS_BROKEN),
    (aiohttp.ClientConnectorDNSError, Reason.HOST_UNKNOWN),
    (aiohttp.ClientConnectorError, Reason.NO_CONNECTION),
    (aiohttp.ConnectionTimeoutError, Reason.CONNECT_TIMEOUT),
    (aiohttp.SocketTimeoutError, Reason.FIRST_BYTE_TIMEOUT),
    (TimeoutError, Reason.WHOLE_TIMEOUT),
    (aiohttp.ClientPayloadError, Reason.TRUNCATED),
    (aiohttp.ServerDisconnectedError, Reason.HUNG_UP),
    (aiohttp.ClientOSError, Reason.HUNG_UP),
    (aiohttp.InvalidURL, Reason.NOT_A_LINK),
    (aiohttp.ClientError, Reason.BAD_HTTP),
)
# Nobody answered at all: what the host's other links may expect, too.
SILENCE = frozenset({Reason.NO_CONNECTION, Reason.CONNECT_TIMEOUT, Reason.FIRST_BYTE_TIMEOUT, Reason.HOST_UNKNOWN})


@contextmanager
def faults_named(host: str, limits: MediaLimits, *, redirected: bool) -> Iterator[None]:
    """Turn whatever the network does into a LinkFault that names `host`."""
    try:
        yield
    except (aiohttp.ClientError, TimeoutError) as error:
        if refused := _refused_host(error):
            reason = Reason.LEADS_TO_PRIVATE_ADDRESS if redirected else Reason.PRIVATE_ADDRESS
            raise LinkFault(reason, host=refused) from error
        reason = _reason(error)
        raise LinkFault(reason, host=host, seconds=_seconds(reason, limits)) from error


def _refused_host(error: Exception) -> str | None:
    for cause in (getattr(error, "os_error", None), error.__cause__):
        if isinstance(cause, AddressRefused):
            return cause.host
    return None


def _reason(error: Exception) -> Reason:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause = error.certificate_error
        code = cause.verify_code if isinstance(cause, ssl.SSLCertVerificationError) else 0
        return _CERTIFICATE.get(code, Reason.TLS_BROKEN)
    return next(reason for kind, reason in _NETWORK if isinstance(error, kind))


def _seconds(reason: Reason, limits: MediaLimits) -> str:
    waited = {
        Reason.CONNECT_TIMEOUT: limits.connect_seconds,
        Reason.FIRST_BYTE_TIMEOUT: limits.first_byte_seconds,
    }
    return f"{waited.get(reason, limits.whole_seconds):g}"
