"""Looks at the pictures of a whole list: before a launch by what the list says, in the launch by what is written.

Two depths: `sketched` measures texts and codes without drawing, `drawn` makes every picture and reads it back.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import zip_longest

from sqlalchemy import select

from mms.campaigns.pictures.drawing_all import Progress, WantedPicture, draw_all
from mms.campaigns.pictures.drawn_pictures import painter_of, row_values
from mms.campaigns.pictures.media_check import MediaFindings, RowMediaProblem
from mms.campaigns.pictures.own_picture import COUPON, OwnPicture, picture_name, picture_secret
from mms.campaigns.pictures.personal_hosts import make_ahead, personal_host, require_room
from mms.coupons.giving import next_codes
from mms.errors import CampaignError
from mms.ledger import Ledger
from mms.ledger.row_states import skip_each
from mms.ledger.tables import campaigns, rows
from mms.media.store.picture_store import FolderStore
from mms.message import squeeze
from mms.picture_templates.drawn_folder import drawn_folder
from mms.picture_templates.problems import PictureProblem
from mms.recipients import CheckedList, Verdict
from mms.settings import Settings
from mms.states import RowState, SkipReason

_CHUNK = 2_000


def sketched(
    ledger: Ledger, checked: CheckedList, own: OwnPicture, *, on_progress: Progress | None = None
) -> dict[int, PictureProblem]:
    """The first problem of each ready row whose texts or values cannot be drawn."""
    with ledger.read() as connection:
        painter = painter_of(connection, own.saved.version_id)
    found: dict[int, PictureProblem] = {}
    total = checked.ready
    for done, (row, values) in enumerate(_values(ledger, checked, own), start=1):
        if problems := painter.problems(values):
            found[row] = problems[0]
        if on_progress and done % 200 == 0:
            on_progress(done, total)
    return found


def drawn(
    settings: Settings, ledger: Ledger, checked: CheckedList, own: OwnPicture, *, on_progress: Progress | None = None
) -> dict[int, PictureProblem]:
    """The same after drawing, compressing and reading back every picture."""
    with ledger.read() as connection:
        painter = painter_of(connection, own.saved.version_id)
    secret, keys = picture_secret(ledger), [one.key for one in own.saved.template.merge_fields]
    wanted = [
        WantedPicture(row, picture_name(secret, own.saved.version_id, _drawn_values(keys, values)), values)
        for row, values in _values(ledger, checked, own)
    ]
    require_room(settings, len({one.name for one in wanted}))
    problems = draw_all(painter, wanted, drawn_folder(settings), on_progress=on_progress)
    return {row: found[0] for row, found in problems.items()}


def _drawn_values(keys: list[str], values: dict[str, str]) -> dict[str, str]:
    return {key: values.get(key, "") for key in keys}


def _values(ledger: Ledger, checked: CheckedList, own: OwnPicture) -> Iterator[tuple[int, dict[str, str]]]:
    """What each ready row's picture is drawn from; with a pool, the codes that would be given next, in this order."""
    ready = checked.rows_with(Verdict.READY)
    codes: list[str] = []
    if own.pool:
        with ledger.read() as connection:
            codes = next_codes(connection, own.pool.id, len(ready))
    for row, code in zip_longest(ready, codes[: len(ready)], fillvalue=own.sample):
        values = dict(checked.upload.values(int(row)))
        yield int(row), {**values, COUPON: str(code)} if own.pool else values


def with_own_pictures(
    findings: MediaFindings, checked: CheckedList, problems: dict[int, PictureProblem]
) -> MediaFindings:
    """The findings with these rows kept back, told at the cell that brought the value."""
    by_row = dict(findings.by_row)
    for row, problem in problems.items():
        column = checked.upload.keys.get(squeeze(problem.field)) if problem.field else None
        by_row.setdefault(row, RowMediaProblem(row, "", problem.code, problem.message, "", column))
    return MediaFindings(findings.verdicts, findings.for_all, by_row, findings.links, findings.text_bytes)


def last_look(
    settings: Settings, ledger: Ledger, *, on_progress: Progress | None = None, on_hosting: Progress | None = None
) -> Callable[[int], None]:
    """For the launch: draws the pictures of all written rows and skips those that are wrong, before any goes out.

    Where they are not served from here, they are put on the web before the first message, too.
    """

    def look(campaign_id: int) -> None:
        wanted = list(_written(ledger, campaign_id))
        if not wanted:
            return
        with ledger.read() as connection:
            version = select(campaigns.c.picture_version_id).where(campaigns.c.id == campaign_id)
            painter = painter_of(connection, connection.execute(version).scalar_one())
        require_room(settings, len({one.name for one in wanted}))
        problems = draw_all(painter, wanted, drawn_folder(settings), on_progress=on_progress)
        _skip(ledger, campaign_id, problems)
        if host := personal_host(settings, ledger):
            names = tuple(dict.fromkeys(one.name for one in wanted if one.row not in problems))
            read = partial(_drawn_bytes, FolderStore(drawn_folder(settings)))
            make_ahead(settings, host, names, read, on_hosting or _nobody_listens)

    return look


def _nobody_listens(_done: int, _total: int) -> None:
    pass


def _drawn_bytes(store: FolderStore, name: str) -> bytes:
    data = store.read(name)
    if data is None:
        raise CampaignError("A picture that was just drawn is gone again. Launch once more.", code="picture_storage")
    return data


def _written(ledger: Ledger, campaign_id: int) -> Iterator[WantedPicture]:
    query = (
        select(rows.c.id, rows.c.row_number, rows.c.cells, rows.c.coupon, rows.c.picture, campaigns.c.columns)
        .join(campaigns, campaigns.c.id == rows.c.campaign_id)
        .where(rows.c.campaign_id == campaign_id, rows.c.state == RowState.READY, rows.c.picture.is_not(None))
        .order_by(rows.c.row_number)
        .limit(_CHUNK)
    )
    after = -1
    while True:
        with ledger.read() as connection:
            found = connection.execute(query.where(rows.c.row_number > after)).all()
        yield from (WantedPicture(one.id, one.picture, row_values(one.columns, one.cells, one.coupon)) for one in found)
        if len(found) < _CHUNK:
            return
        after = found[-1].row_number


def _skip(ledger: Ledger, campaign_id: int, problems: dict[int, tuple[PictureProblem, ...]]) -> None:
    if not problems:
        return
    skipped = [
        {
            "row_id": row_id,
            "reason": SkipReason.NOT_MENDED,
            "problem": found[0].code.value,
            "problem_text": found[0].message,
        }
        for row_id, found in problems.items()
    ]
    with ledger.write() as connection:
        skip_each(connection, skipped, ledger.now(connection))
