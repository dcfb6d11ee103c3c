"""What a call carries and nobody would read is refused, so that a typing mistake never goes unnoticed."""

from fastapi import Request
from fastapi.routing import APIRoute

from mms.http.middleware.error_responses import ApiProblem

_PLAIN = frozenset({"", "identity"})


def refuse_unread(request: Request, route: APIRoute) -> None:
    """Raises ApiProblem: 400 for query parameters that the route does not know, 415 for a compressed body."""
    known = {parameter.alias for parameter in route.dependant.query_params}
    unknown = [name[:60] for name in request.query_params if name not in known]
    if unknown:
        sentence = "; ".join(f"{name} is not a query parameter of this call" for name in unknown)
        raise ApiProblem.of(400, "invalid_field", f"{sentence}.", fields=unknown)
    if request.headers.get("Content-Encoding", "").strip().lower() not in _PLAIN:
        message = "Send the body as it is: compressed bodies are not read."
        raise ApiProblem.of(415, "unsupported_encoding", message)
