"""Roles hold where the deed is done, whoever calls it: no page stands between a viewer and these functions."""

import pytest

from mms.access import api_keys, approvals, sessions, sign_in
from mms.access import audit_log as trail
from mms.campaigns import controls, retry
from mms.campaigns import test_message as own_phone
from mms.campaigns.drafts import drafts, sender_name, templates
from mms.campaigns.drafts.uploads import store_upload
from mms.campaigns.launch import frequency_cap
from mms.campaigns.launch import submission as prepare
from mms.campaigns.launch.checklist import CheckedDraft
from mms.campaigns.launch.submit import submit
from mms.campaigns.pictures.hosted_pictures import host_picture
from mms.coupons.pools import add_codes
from mms.delivery import Decision, reconcile, resolve_all_unknown, resolve_unknown
from mms.errors import NotAllowed
from mms.lists import merging, saved_lists, segments
from mms.media.image.preparing import PreparedPicture
from mms.message import RenderedMessage
from mms.opt_outs import changes, exchange
from mms.picture_templates import saved
from mms.quiet_hours import store_rules, window_rows
from mms.recipients import read_upload
from mms.replies import conversations
from mms.reports.comparison import alerts as alarms
from mms.reports.cost import prices
from mms.reports.people import unreachable_numbers as dead_list
from mms.retention import person as one_person
from mms.retention import policy
from mms.roles import Role, User
from tests.campaigns.launching import SAID, Place

VIEWER = User("vic@shop.example", "vic@shop.example", Role.VIEWER)
SENDER = User("sue@shop.example", "sue@shop.example", Role.SENDER)
NUMBER = "+12025550123"


def _within(store):
    """A deed that is done within a transaction of the caller's."""

    def do(ledger, _settings, who):
        with ledger.write() as connection:
            store(connection, who)

    return do


FOR_SENDERS = {
    "launch": lambda ledger, settings, who: submit(
        Place(settings, ledger),
        CheckedDraft(said=SAID, content=prepare.Content("Hi"), checked=_EMPTY),
        by=who,
        request_key="x",
    ),
    "test message": lambda ledger, settings, who: own_phone.send_to_own_phone(
        settings,
        ledger,
        number=NUMBER,
        rendered=RenderedMessage("Hi", ()),
        sender_address="",
        account_sid="",
        request_key="x",
        by=who,
    ),
    "pause": lambda ledger, _s, who: controls.pause(ledger, 1, by=who),
    "resume": lambda ledger, _s, who: controls.resume(ledger, 1, by=who),
    "cancel": lambda ledger, _s, who: controls.cancel(ledger, 1, by=who),
    "move": lambda ledger, _s, who: controls.move(ledger, 1, before=2, by=who),
    "change the rate": lambda ledger, _s, who: controls.change_options(ledger, 1, by=who, rate=9.0),
    "retry": lambda ledger, _s, who: retry.retry_campaign(ledger, 1, by=who),
    "ask the log": lambda ledger, _s, who: reconcile(ledger, 1, by=who),
    "decide on a row": lambda ledger, _s, who: resolve_unknown(ledger, 1, Decision.SENT, by=who),
    "decide on all rows": lambda ledger, _s, who: resolve_all_unknown(ledger, 1, Decision.SENT, expected=1, by=who),
    "begin a draft": lambda ledger, _s, who: drafts.new_draft(ledger, by=who),
    "change a draft": lambda ledger, _s, who: drafts.save_draft(ledger, 1, by=who, body="Hi"),
    "type in a draft": lambda ledger, _s, who: drafts.save_field(ledger, 1, "body", "Hi", seen=(None,), by=who),
    "delete a draft": lambda ledger, _s, who: drafts.delete_draft(ledger, 1, by=who),
    "upload a list": _within(lambda connection, who: store_upload(connection, _UPLOAD, at=1.0, by=who)),
    "delete a message": lambda ledger, _s, who: templates.delete_message(ledger, 1, by=who),
    "upload a picture": lambda ledger, settings, who: host_picture(settings, ledger, _PICTURE, by=who),
    "keep a logo": lambda ledger, _s, who: saved.keep_file(ledger, _PICTURE, by=who),
    "save a picture template": lambda ledger, _s, who: saved.save_template(ledger, "A", None, by=who),
    "delete a picture template": lambda ledger, _s, who: saved.delete_template(ledger, 1, by=who),
    "add coupon codes": lambda ledger, _s, who: add_codes(ledger, "Till", ["A1"], by=who),
    "save a list": lambda ledger, _s, who: merging.save_new_list(ledger, None, "A", by=who),
    "change a list": lambda ledger, _s, who: merging.merge_into(ledger, None, 1, merging.MergeMode.MERGE, by=who),
    "rename a list": lambda ledger, _s, who: saved_lists.rename_list(ledger, 1, "A", by=who),
    "delete a list": lambda ledger, _s, who: saved_lists.delete_list(ledger, 1, by=who),
    "rename a segment": lambda ledger, _s, who: segments.rename_segment(ledger, 1, "A", by=who),
    "delete a segment": lambda ledger, _s, who: segments.delete_segment(ledger, 1, by=who),
    "finish a conversation": lambda ledger, _s, who: conversations.mark_done(ledger, NUMBER, done=True, by=who),
    "note on a conversation": lambda ledger, _s, who: conversations.add_note(ledger, NUMBER, "Hi", by=who),
    "keep the name": lambda ledger, _s, who: sender_name.keep_sender_name(ledger, "Corner Cup", by=who),
    "save a message": lambda ledger, _s, who: templates.save_message(ledger, "A", prepare.Content("Hi"), by=who),
    "free a number": _within(lambda connection, who: dead_list.free(connection, NUMBER, at=1.0, by=who)),
    "add an opt-out": lambda ledger, settings, who: changes.add_by_hand(ledger, settings, who, NUMBER),
    "import opt-outs": lambda ledger, _s, who: exchange.import_numbers(
        ledger, who, exchange.ImportPreview("a.csv", (NUMBER,), (), ())
    ),
}
FOR_ADMINS = {
    "remove an opt-out": lambda ledger, settings, who: changes.remove_by_hand(ledger, settings, who, NUMBER),
    "make a key": lambda ledger, settings, who: api_keys.add_key(ledger, settings, "shop", by=who),
    "revoke a key": lambda ledger, _s, who: api_keys.revoke_key(ledger, "shop", by=who),
    "address of a key": lambda ledger, settings, who: api_keys.set_status_url(
        ledger, settings, "shop", "https://shop.example/", by=who
    ),
    "how often": lambda ledger, _s, who: frequency_cap.set_frequency_cap(ledger, None, by=who),
    "end all sessions": lambda ledger, _s, who: sessions.end_all_sessions(ledger, who),
    "prices": _within(lambda connection, who: prices.store_prices(connection, prices.Prices(), at=1.0, by=who)),
    "alarms": _within(lambda connection, who: alarms.store_thresholds(connection, alarms.Thresholds(), at=1.0, by=who)),
    "quiet hours": _within(lambda connection, who: store_rules(connection, window_rows(connection), at=1.0, by=who)),
    "roles": lambda ledger, settings, who: sign_in.set_role_rules(ledger, settings, who, sign_in.RoleRules()),
    "second person": lambda ledger, _s, who: approvals.set_approval_above(ledger, who, 10),
    "read the trail": lambda ledger, _s, who: trail.trail_csv(ledger, who),
    "retention": lambda ledger, _s, who: policy.set_retention_days(ledger, who, 30),
    "purge": lambda ledger, _s, who: policy.purge_by_hand(ledger, who, 30),
    "export one person": lambda ledger, settings, who: one_person.export_person(ledger, settings, who, NUMBER),
    "erase one person": lambda ledger, settings, who: one_person.erase_person(ledger, settings, who, NUMBER),
}


_UPLOAD = read_upload(b"Mobile\n2025550123\n", file_name="list.csv")
_PICTURE = PreparedPicture(b"", "image/jpeg", ".jpg", "0" * 64, 1, 1, 0, 1, 1, ())


class _EmptyList:
    ready = 0


_EMPTY = _EmptyList()


@pytest.mark.parametrize(
    ("deed", "who"),
    [
        *(pytest.param(deed, VIEWER, id=f"viewer: {name}") for name, deed in {**FOR_SENDERS, **FOR_ADMINS}.items()),
        *(pytest.param(deed, SENDER, id=f"sender: {name}") for name, deed in FOR_ADMINS.items()),
    ],
)
def test_deed_is_refused_before_anything_is_looked_at_or_changed(ledger, settings, deed, who):
    with pytest.raises(NotAllowed) as refused:
        deed(ledger, settings, who)
    assert refused.value.code == "not_allowed"
    with ledger.read() as connection:
        written = trail.deeds(connection, User("ann", None, Role.ADMIN))
    assert written == []
