"""`GET` and `HEAD /pictures/{name}`: hosted campaign pictures for Twilio's fetcher, and nothing else of the disk."""

from functools import partial

from fastapi import APIRouter, Request, Response

from mms.http.context import Context, context_of
from mms.http.middleware.error_responses import ApiProblem
from mms.media.store.picture_names import picture_response_headers

PICTURE_SECONDS = 10.0
router = APIRouter(include_in_schema=False)


@router.api_route("/pictures/{name}", methods=["GET", "HEAD"])
async def picture(request: Request, name: str) -> Response:
    """The picture; 304 for somebody who has it already."""
    context = context_of(request)
    data = await context.threads.run(partial(_read, context, name), seconds=PICTURE_SECONDS)
    if data is None:
        raise ApiProblem.of(404, "no_such_picture", "There is no picture of this name.")
    headers = picture_response_headers(name)
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers)


def _read(context: Context, name: str) -> bytes | None:
    """A hosted picture, or one that is made for a person, drawn now if it was not before."""
    data = context.pictures.read(name)
    return context.drawn_pictures.read(name) if data is None else data
