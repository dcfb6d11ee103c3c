"""Pictures for each person where nobody can fetch them from here: in a bucket, or on the own Twilio account."""

import boto3
import pytest
import requests
from launching import SENDER, checked_list, launch, rows_of, said
from moto.server import ThreadedMotoServer

from mms.campaigns.launch.submission import Content
from mms.campaigns.pictures import personal_hosts
from mms.campaigns.pictures.own_picture import own_picture
from mms.campaigns.pictures.own_picture_check import drawn
from mms.campaigns.pictures.personal_hosts import forget_hosted
from mms.delivery.sending.row_renderer import RowRenderer
from mms.errors import CampaignError, MmsError, ProviderError
from mms.media.store import twilio_people
from mms.practice.testing import PracticeServer
from mms.retention.person import erase_person
from mms.roles import LOCAL_ADMIN
from mms.settings import settings_from
from tests.coupons.giving_tools import coupon_template

PEOPLE = "Phone,Name\n" + "".join(f"20255502{at:02},Person {at}\n" for at in range(6))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with PracticeServer(tmp_path_factory.mktemp("practice")) as running:
        yield running


@pytest.fixture(scope="module")
def s3_url():
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture(params=["twilio", "bucket"])
def live(request, server, s3_url, tmp_path, database_url, monkeypatch):
    server.remote.clear()
    server.remote.set_faults()
    address = server.address
    values = {
        "TWILIO_API_BASE_URL": address.base_url,
        "TWILIO_ACCOUNT_SID": address.account_sid,
        "TWILIO_AUTH_TOKEN": address.auth_token,
        "TWILIO_PHONE_NUMBER": address.phone_number,
        "MMS_DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url,
    }
    if request.param == "bucket":
        for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", "us-east-1")):
            monkeypatch.setenv(f"AWS_{name}", value)
        name = f"b{abs(hash(str(tmp_path)))}"
        client = boto3.client("s3", endpoint_url=s3_url)
        client.create_bucket(Bucket=name)
        client.close()
        values |= {"MMS_MEDIA_BUCKET": name, "MMS_MEDIA_ENDPOINT_URL": s3_url}
    return settings_from(values)


def launched(settings, ledger, *, key="key", progress=None):
    message = Content("Hi {Name}, show {coupon}", (), own_picture(ledger, "Coupon"))
    checked = checked_list(settings, ledger, PEOPLE, message)
    decided = said(name=key, any_hour=True)
    return launch(ledger, checked, message, decided, mode="live", key=key, settings=settings, on_hosting=progress)


def links_of(ledger, campaign):
    with ledger.read() as connection:
        renderer = RowRenderer.of_campaign(connection, campaign)
    found = [renderer.render(row.cells, row.coupon, row.picture) for row in rows_of(ledger, campaign)]
    return [link for _, links in found for link in links]


def test_every_picture_is_on_the_web_before_anything_goes_out(live, ledger):
    coupon_template(ledger)
    told = []
    campaign = launched(live, ledger, progress=lambda done, total: told.append((done, total)))
    links = links_of(ledger, campaign)
    answers = [requests.get(link, timeout=30) for link in links]
    assert [one.headers["Content-Type"] for one in answers] == ["image/jpeg"] * 6
    assert len({one.content for one in answers}) == 6
    assert told[-1] == (6, 6)
    assert not any("Person" in link or "55502" in link for link in links)


def test_what_was_on_the_web_before_a_kill_is_not_uploaded_again(live, ledger):
    coupon_template(ledger, codes=20)

    class Killed(BaseException):
        pass

    def kill(done, _total):
        if done == 3:
            raise Killed

    with pytest.raises(Killed):
        launched(live, ledger, progress=kill)
    host = personal_hosts.personal_host(live, ledger)
    uploaded = []
    campaign = launched(live, ledger, progress=lambda done, _total: uploaded.append(done))
    assert all(requests.get(link, timeout=30).status_code == 200 for link in links_of(ledger, campaign))
    again = []
    host.put(tuple(one.picture for one in rows_of(ledger, campaign)), again.append, lambda _: None)
    assert again == []
    if live.media_bucket:
        assert uploaded[0] >= 3


def test_an_erased_persons_picture_goes_from_there_too(live, ledger):
    coupon_template(ledger)
    links = links_of(ledger, launched(live, ledger))
    erase_person(ledger, live, LOCAL_ADMIN, "+12025550200")
    forget_hosted(live, ledger)
    assert [requests.get(link, timeout=30).status_code == 200 for link in links] == [False, *[True] * 5]


def test_nothing_is_launched_when_the_host_refuses(live, server, ledger):
    coupon_template(ledger)
    if live.media_bucket:
        live = settings_from(
            {
                "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
                "TWILIO_AUTH_TOKEN": "x",
                "TWILIO_PHONE_NUMBER": SENDER,
                "MMS_MEDIA_BUCKET": "nobody-made-this",
                "MMS_MEDIA_ENDPOINT_URL": live.media_endpoint_url or "",
                "MMS_DATA_DIR": str(live.data_dir),
            }
        )
    else:
        server.remote.set_faults(builds_failing=True)
    with pytest.raises(MmsError):
        launched(live, ledger)
    with pytest.raises(MmsError):
        launched(live, ledger)  # and the second try says the same: nothing half done stays


@pytest.mark.parametrize("live", ["twilio"], indirect=True)
def test_twilios_limit_is_told_before_anything_is_drawn(live, ledger, monkeypatch):
    coupon_template(ledger)
    monkeypatch.setattr(personal_hosts, "MOST_AT_TWILIO", 5)
    message = Content("Hi", (), own_picture(ledger, "Coupon"))
    with pytest.raises(CampaignError) as refused:
        drawn(live, ledger, checked_list(live, ledger, PEOPLE, message), message.own)
    assert refused.value.code == "too_many_pictures"
    assert "up to 5 different pictures" in refused.value.message
    assert not (live.data_dir / "drawn_pictures").exists()


@pytest.mark.parametrize("live", ["twilio"], indirect=True)
def test_many_are_published_in_few_builds_and_a_full_account_is_a_sentence(live, ledger, monkeypatch):
    coupon_template(ledger, codes=20)
    monkeypatch.setattr(twilio_people, "_IN_A_BUILD", 4)
    launched(live, ledger)
    monkeypatch.setattr("mms.twilio_client.serverless.MOST_FILES", 8)
    with pytest.raises(ProviderError) as refused:
        launched(live, ledger, key="another")
    assert refused.value.code == "too_many_pictures"
