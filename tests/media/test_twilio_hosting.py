"""Pictures on the person's own Twilio account, over the wire: the SDK and our upload against the stand-in."""

import json
import threading
from dataclasses import dataclass

import pytest
import requests
from PIL import Image

from mms.campaigns.pictures.hosted_pictures import MediaHost, host_file, media_host
from mms.errors import CampaignError, ProviderError
from mms.ledger import open_ledger
from mms.media.attachment import take_attachment
from mms.media.check.preflight import check_media
from mms.media.store import twilio_files
from mms.media.store.twilio_files import TwilioFiles
from mms.practice.testing import PracticeServer
from mms.roles import LOCAL_ADMIN
from mms.settings import settings_from
from mms.twilio_client import Account
from mms.twilio_client.serverless import FileHosting


@dataclass(frozen=True)
class File:
    name: str
    data: bytes


def picture(number: int) -> File:
    return File(f"{number:064x}.jpg", b"\xff\xd8\xff" + bytes([number % 256]) * 100)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with PracticeServer(tmp_path_factory.mktemp("practice")) as running:
        yield running


@pytest.fixture
def twilio(server):
    server.remote.clear()
    server.remote.set_faults()
    return server


def account(twilio: PracticeServer) -> Account:
    address = twilio.address
    return Account(address.base_url, address.account_sid, address.account_sid, address.auth_token)


@pytest.fixture
def installation(twilio, tmp_path):
    def made(name: str, **options) -> TwilioFiles:
        sleep = options.pop("sleep", lambda _: None)
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        return TwilioFiles(FileHosting(account(twilio), sleep=sleep), folder, name, **options)

    return made


def served(url: str) -> bool:
    return requests.get(url, timeout=30).status_code == 200


def test_picture_is_public_with_its_type_and_is_published_once(installation, twilio):
    ours = installation("a")
    first = ours.host(picture(1))
    answer = requests.get(first, timeout=30)
    assert (answer.content, answer.headers["Content-Type"]) == (picture(1).data, "image/jpeg")
    assert requests.head(first, timeout=30).headers["Content-Length"] == str(len(picture(1).data))
    before = twilio.remote.calls()["serverless"]
    assert ours.host(picture(1)) == first
    calls = twilio.remote.calls()["serverless"] - before
    assert calls <= 5, "service, environment, deployment, build, versions: looked at, neither uploaded nor built again"


def test_two_installations_leave_each_others_pictures_alone(installation):
    ours, theirs = installation("a"), installation("b")
    links = [host.host(picture(number)) for number in range(3) for host in (ours, theirs)]
    assert [link for link in links if not served(link)] == []
    assert len(set(links)) == 6


def test_somebody_who_deploys_while_ours_is_built_loses_nothing(installation):
    theirs = []
    other = installation("b")
    ours = installation("a", sleep=lambda _: theirs or theirs.append(other.host(picture(2))))
    link = ours.host(picture(1))
    assert [one for one in (link, *theirs) if not served(one)] == []
    assert theirs


def test_many_at_the_same_moment_lose_nothing(installation):
    links, faults = [], []

    def host(name):
        ours = installation(name)
        for number in range(3):
            try:
                links.append(ours.host(picture(number)))
            except ProviderError as error:
                faults.append(error)

    threads = [threading.Thread(target=host, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [link for link in links if not served(link)] == []
    assert [fault for fault in faults if "Another installation" not in str(fault)] == []


def test_oldest_pictures_fall_out_and_needed_ones_and_those_of_others_stay(installation, monkeypatch):
    monkeypatch.setattr(twilio_files, "MOST_KEPT", 3)
    theirs = installation("b").host(picture(9))
    ours = installation("a", is_needed=lambda name: name in (picture(0).name, picture(5).name))
    links = [ours.host(picture(number)) for number in range(6)]
    assert [served(link) for link in links] == [True, False, False, False, True, True]
    assert served(theirs)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        pytest.param({"hosting_forbidden": True}, "restricted", id="a restricted key"),
        pytest.param({"services_full": True}, "10 services", id="no room for a service"),
        pytest.param({"builds_used_up": True}, "builds of this hour", id="builds used up"),
        pytest.param({"builds_failing": True}, "its build failed", id="build failed"),
        pytest.param({"auth_failing": True}, "account SID and token", id="a wrong token"),
    ],
)
def test_every_refusal_is_a_sentence_with_what_to_do(installation, twilio, plan, said):
    twilio.remote.set_faults(**plan)
    with pytest.raises(ProviderError, match=said) as refused:
        installation("a").host(picture(1))
    assert "Nothing was sent." in str(refused.value)
    twilio.remote.set_faults()
    assert served(installation("a").host(picture(1))), "and goes on once it is mended"


def test_twilio_that_cannot_be_reached_is_a_sentence(tmp_path):
    nobody = Account("http://127.0.0.1:1", "AC" + "0" * 32, "AC" + "0" * 32, "x")
    with pytest.raises(ProviderError, match="could not be reached"):
        TwilioFiles(FileHosting(nobody), tmp_path, "a").host(picture(1))


LIVE = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "x", "TWILIO_PHONE_NUMBER": "+12025550123"}


@pytest.mark.parametrize(
    ("values", "host"),
    [
        pytest.param({}, MediaHost.OWN, id="practice"),
        pytest.param(LIVE, MediaHost.TWILIO, id="a laptop with an account"),
        pytest.param(LIVE | {"MMS_MEDIA_BUCKET": "b"}, MediaHost.BUCKET, id="a bucket before Twilio"),
        pytest.param(
            LIVE | {"MMS_MEDIA_BUCKET": "b", "PUBLIC_BASE_URL": "https://x.example"},
            MediaHost.OWN,
            id="own address first",
        ),
        pytest.param(
            LIVE | {"PUBLIC_BASE_URL": "https://x.example", "MMS_MEDIA_HOST": "twilio"},
            MediaHost.TWILIO,
            id="as chosen",
        ),
    ],
)
def test_order_of_hosts(values, host):
    assert media_host(settings_from(values)) is host


def test_hosted_picture_passes_the_preflight_like_any_other(twilio, tmp_path):
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "photo.png", by=LOCAL_ADMIN)
    address = twilio.address
    settings = settings_from(
        {
            "MMS_DATA_DIR": str(tmp_path),
            "TWILIO_API_BASE_URL": address.base_url,
            "TWILIO_ACCOUNT_SID": address.account_sid,
            "TWILIO_AUTH_TOKEN": address.auth_token,
            "TWILIO_PHONE_NUMBER": address.phone_number,
        }
    )
    ledger = open_ledger(settings)
    url = host_file(settings, ledger, (tmp_path / "photo.png").read_bytes(), "photo.png", by=LOCAL_ADMIN)
    ledger.close()
    assert check_media([url], allow_private=settings.allow_private_media)[url].ok
    assert json.loads((tmp_path / "twilio-files.json").read_text())


VIDEO = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Shop\r\nEND:VCARD\r\n"


@pytest.mark.parametrize(
    ("data", "name", "extension"),
    [
        pytest.param(VIDEO, "clip.MP4", "mp4", id="video"),
        pytest.param(VIDEO, "clip.3gp", "3gp", id="video of an older phone"),
        pytest.param(CARD, "shop.vcf", "vcf", id="contact card"),
    ],
)
def test_video_and_contact_card_go_out_as_they_are(data, name, extension):
    taken = take_attachment(data, name)
    assert (taken.data, taken.name.rpartition(".")[2], taken.changes) == (data, extension, ())


def test_large_video_is_taken_with_advice_and_a_huge_one_is_not():
    assert "some carriers" in take_attachment(VIDEO + bytes(700_000), "clip.mp4").changes[0]
    with pytest.raises(Exception, match="a message takes"):
        take_attachment(VIDEO + bytes(5_000_000), "clip.mp4")


def test_file_that_is_not_what_its_name_says_is_refused(ledger, settings):
    with pytest.raises(CampaignError, match="cannot be read as a picture"):
        host_file(settings, ledger, b"MZ" + bytes(100), "photo.jpg", by=LOCAL_ADMIN)
