"""`/picture-templates` and `/coupon-pools`: what a campaign with a picture for each person is made of."""

from typing import Annotated

from fastapi import APIRouter, Request, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mms.coupons.pools import CODE_LENGTH, Pool, add_codes, all_pools, pool_named
from mms.http.context import context_of
from mms.http.middleware.authentication import DATABASE_SECONDS, KeyedRoute
from mms.http.routes.campaign_models import Name
from mms.http.routes.campaigns import user_of
from mms.http.routes.descriptions import answers
from mms.ledger import Ledger
from mms.picture_templates.saved import all_templates

MOST_CODES = 50_000  # of one call
_KEYED = (400, 401, 405, 415, 429, 503)
_Code = Annotated[str, StringConstraints(min_length=1, max_length=CODE_LENGTH, pattern=r"^[^\x00]*$")]
router = APIRouter(
    route_class=KeyedRoute,
    dependencies=[Security(HTTPBearer(auto_error=False))],
    tags=["Pictures for each person"],
)


class ListedTemplate(BaseModel):
    """A picture template's newest version."""

    name: str
    version: int
    columns: list[str] = Field(description="Columns that the list must have; `coupon` comes from the pool.")
    coupon_pool: str | None


class CouponPool(BaseModel):
    """A pool of coupon codes, and what became of them."""

    name: str
    given: int = Field(description="With a person now.")
    left: int = Field(description="Can be given.")
    put_back: int = Field(description="Came back some time, because the message surely did not go out.")
    runs_dry: bool = Field(description="It is time to add codes.")


class NewCodes(BaseModel):
    """Codes for a pool, which is made when there is none of this name."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    codes: Annotated[list[_Code], Field(min_length=1, max_length=MOST_CODES)]


class AddedCodes(CouponPool):
    """The pool, and what became of the codes of this call."""

    added: int
    known: int = Field(description="In this or another pool already, or twice in the call.")
    refused: int = Field(description="Blank, or not printable.")


@router.get(
    "/picture-templates", operation_id="listPictureTemplates", summary="Picture templates", responses=answers(*_KEYED)
)
async def list_picture_templates(request: Request) -> list[ListedTemplate]:
    """By name; `pictureTemplate` of `POST /campaigns` names one."""
    context = context_of(request)
    return await context.threads.run(_templates, context.ledger, seconds=DATABASE_SECONDS)


@router.get("/coupon-pools", operation_id="listCouponPools", summary="Pools of codes", responses=answers(*_KEYED))
async def list_coupon_pools(request: Request) -> list[CouponPool]:
    """By name."""
    context = context_of(request)
    return await context.threads.run(_pools, context.ledger, seconds=DATABASE_SECONDS)


@router.post(
    "/coupon-pools",
    operation_id="addCouponCodes",
    summary="Add codes to a pool",
    status_code=201,
    responses=answers(*_KEYED, 403, 422),
)
async def add_coupon_codes(request: Request, asked: NewCodes) -> AddedCodes:
    """All of them or none; a code that is known is not added twice, so the call may be repeated."""
    context, by = context_of(request), user_of(request)

    def add() -> AddedCodes:
        added = add_codes(context.ledger, asked.name, (code.strip() for code in asked.codes), by=by)
        with context.ledger.read() as connection:
            pool = _shown(pool_named(connection, asked.name))
        return AddedCodes(**pool.model_dump(), added=added.added, known=added.known, refused=added.refused)

    return await context.threads.run(add, seconds=DATABASE_SECONDS)


def _templates(ledger: Ledger) -> list[ListedTemplate]:
    with ledger.read() as connection:
        found = all_templates(connection)
    return [
        ListedTemplate(
            name=one.name,
            version=one.version,
            columns=list(dict.fromkeys(field.name for field in one.template.merge_fields)),
            coupon_pool=one.template.coupon_pool,
        )
        for one in found
    ]


def _pools(ledger: Ledger) -> list[CouponPool]:
    with ledger.read() as connection:
        return [_shown(one) for one in all_pools(connection)]


def _shown(pool: Pool) -> CouponPool:
    return CouponPool(name=pool.name, given=pool.given, left=pool.left, put_back=pool.put_back, runs_dry=pool.runs_dry)
