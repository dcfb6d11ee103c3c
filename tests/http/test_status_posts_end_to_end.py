"""A program sends with its key and is told what became of it: through the real worker and the stand-in."""

import json

import requests
from http_tools import until
from post_receiver import Receiver

from mms.access.api_keys import add_key, set_status_url
from mms.roles import LOCAL_ADMIN


def test_a_program_is_told_what_became_of_its_message_and_of_its_campaign(quick):
    receiver = Receiver()
    try:
        key = add_key(quick.ledger, quick.settings, "told", by=LOCAL_ADMIN)
        set_status_url(quick.ledger, quick.settings, "told", receiver.url, by=LOCAL_ADMIN)
        said = quick.send(key=key, body="tell me", reference="order-9").json()
        people = [{"Phone": "+12025550131"}, {"Phone": "+12025550132"}]
        made = requests.post(
            f"{quick.url}/campaigns",
            json={"body": "tell me of all", "recipients": people, "reference": "all", "allowRepeat": True},
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        ).json()

        def out():  # some of the stand-in's carriers give no receipt, as in the US
            events = [json.loads(body)["data"] for _headers, body in receiver.got]
            return {(one["reference"], one["to"]) for one in events if one["status"] in {"sent", "delivered"}}

        wanted = {("order-9", "+12025550123"), ("all", "+12025550131"), ("all", "+12025550132")}
        until(lambda: out() == wanted, 60)
        events = [json.loads(body)["data"] for _headers, body in receiver.got]
        assert {one["sid"] for one in events if one["reference"] == "order-9"} == {said["sid"]}
        assert {one["campaign_id"] for one in events if one["reference"] == "all"} == {made["id"]}
        ids = [headers["webhook-id"] for headers, _body in receiver.got]
        assert len(ids) == len(set(ids)), "nothing twice while nothing fails"
    finally:
        receiver.close()
