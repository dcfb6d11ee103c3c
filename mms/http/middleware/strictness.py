"""What a call carries and nobody would read is refused, so that a typing mistake never goes unnoticed."""

from fastapi import Request
from fastapi.routing import APIRoute

from mms.http.middleware.error_responses import ApiProblem

_SEVERAL = frozenset({"mediaUrl"})  # may be given several times
_PLAIN = frozenset({"", "identity"})


def refuse_unread(request: Request, route: APIRoute) -> None:
    """Raises ApiProblem: 400 for query parameters that the route does not know, 415 for a compressed body."""
    known = {parameter.alias for parameter in route.dependant.query_params}
    known |= {one["name"] for one in (route.openapi_extra or {}).get("parameters", [])}  # read by the route itself
    unknown = [name[:60] for name in request.query_params if name not in known]
    if unknown:
        sentence = "; ".join(f"{name} is not a query parameter of this call" for name in unknown)
        raise ApiProblem.of(400, "invalid_field", f"{sentence}.", fields=unknown)
    given = [name for name, _ in request.query_params.multi_items() if name not in _SEVERAL]
    repeated = sorted({name for name in given if given.count(name) > 1})
    if repeated:
        sentence = "; ".join(f"{name} is given more than once" for name in repeated)
        raise ApiProblem.of(400, "invalid_field", f"{sentence}.", fields=repeated)
    if request.headers.get("Content-Encoding", "").strip().lower() not in _PLAIN:
        message = "Send the body as it is: compressed bodies are not read."
        raise ApiProblem.of(415, "unsupported_encoding", message)
