"""The one way from a draft to a campaign, for the dashboard, the command line and the API."""

from collections.abc import Callable

from mms.campaigns.drafts import decisions
from mms.campaigns.drafts.uploads import store_upload
from mms.campaigns.launch.checklist import CheckedDraft, Installation, checklist, link_base_of
from mms.campaigns.launch.drawing_versions import drawn_versions
from mms.campaigns.launch.guard import LaunchGuard
from mms.campaigns.launch.launching import NewCampaign, launch
from mms.campaigns.launch.senders import chosen_address
from mms.campaigns.launch.submission import LeftOut, Window, planned_rows
from mms.campaigns.pictures.media_check import MediaFindings
from mms.campaigns.pictures.own_picture import own_picture_of
from mms.campaigns.pictures.recheck import is_sure
from mms.campaigns.records import launched_by
from mms.ledger import Ledger
from mms.quiet_hours import quiet_hours
from mms.roles import Permission, User, require
from mms.settings import Mode


def submit(
    place: Installation,
    draft: CheckedDraft,
    *,
    by: User,
    request_key: str,
    on_hosting: Callable[[int, int], None] | None = None,
) -> int:
    """Launch the draft; returns the campaign's number. The same `request_key` twice is one campaign.

    `on_hosting` hears of pictures for each person put on the web before the first message: how many of how many.
    Live campaigns hold rows back outside the recipient's window, unless the draft says any hour.

    Raises:
        NotAllowed: this person may not send, or not to so many people what they edited themselves.
        CampaignError: the first thing that the checklist misses; `nothing_to_send`; `already_sent` when these people
            get this message with a campaign that the draft does not know of; what `drawn_versions` raises.
    """
    require(by, Permission.SEND)
    with place.ledger.read() as connection:
        earlier = launched_by(connection, request_key)
    if earlier is not None:
        return earlier
    for missing in checklist(place, draft, by=by):
        raise missing.error
    new = _new_campaign(place, draft, by, request_key)
    window, without = _window(place, draft), left_out(draft)
    planned = planned_rows(draft.checked, draft.findings, without, window)
    if draft.content.others:
        again = planned_rows(draft.checked, draft.findings, without, window)
        drawn = drawn_versions(draft.checked, draft.content, new.options, again)
        planned = (row._replace(version=drawn.get(row.row_number)) for row in planned)
    return launch(place.ledger, new, planned, _last_look(place, on_hosting) if draft.content.own else None)


def left_out(draft: CheckedDraft) -> LeftOut:
    """Who of the ready recipients gets nothing, as the draft says."""
    said, known = draft.said, draft.known
    return LeftOut(
        recent=known.recent if said.skip_recent else frozenset(),
        dead=frozenset(known.dead) if said.skip_dead else frozenset(),
    )


def _new_campaign(place: Installation, draft: CheckedDraft, by: User, request_key: str) -> NewCampaign:
    said, content, columns = draft.said, draft.content, draft.checked.upload.columns
    local = decisions.start_local(said)
    return NewCampaign(
        request_key=request_key,
        name=said.name,
        body=content.body,
        media_urls=content.media_urls,
        columns=columns,
        phone_column=draft.checked.phone_column,
        sender_address=chosen_address(place.settings, place.senders, said.sender),
        account_sid=place.account_sid,
        mode=place.settings.mode.value,
        content_hash=draft.checked.identity_hash(content.identity),
        guard=_guard(draft, by),
        media_sure=_is_sure(place.ledger, draft.findings),
        options=decisions.send_options(said, place.settings),
        upload_id=draft.upload_id or _stored_upload(place.ledger, draft, by),
        tags=said.tags,
        start_at=decisions.start_at(said),
        zone=said.zone,
        start_local=local.stored if local else None,
        not_after=decisions.not_after(said),
        created_by=by.name,
        consent_by=by.name,
        own_pictures=own_picture_of(place.settings, place.ledger, content.own, columns) if content.own else None,
        reference=said.reference,
        link_base=link_base_of(place, said),
        versions=content.versions,
    )


def _guard(draft: CheckedDraft, by: User) -> LaunchGuard:
    said = draft.said
    return LaunchGuard(
        by,
        draft.edited_by,
        repeat_of=frozenset(one.id for one in draft.known.same) if said.allow_repeat else frozenset(),
        leave_out_recent_days=decisions.recent_days(said) if said.skip_recent else None,
        leave_out_dead=said.skip_dead,
    )


def _stored_upload(ledger: Ledger, draft: CheckedDraft, by: User) -> int:
    with ledger.write() as connection:
        return store_upload(connection, draft.checked.upload, at=ledger.now(connection), by=by)


def _is_sure(ledger: Ledger, findings: MediaFindings) -> bool:
    with ledger.read() as connection:
        now = ledger.now(connection)
    return all(is_sure(verdict, now) for verdict in findings.verdicts.values())


def _window(place: Installation, draft: CheckedDraft) -> Window | None:
    if place.settings.mode is not Mode.LIVE or draft.said.any_hour:
        return None
    with place.ledger.read() as connection:
        start = decisions.start_at(draft.said) or place.ledger.now(connection)
        return Window(quiet_hours(connection), start)


def _last_look(place: Installation, on_hosting: Callable[[int, int], None] | None) -> Callable[[int], None]:
    from mms.campaigns.pictures.own_picture_check import last_look  # loads Pillow, codes and fonts

    return last_look(place.settings, place.ledger, on_hosting=on_hosting)
