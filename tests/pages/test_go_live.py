"""From practice to live and back in the browser, and mending what is wrong."""

import stat
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from mms.access.go_live import save_settings
from mms.env_file import read_env_file
from mms.errors import NotAllowed, SettingsError
from mms.roles import Role, User
from mms.services import close_for
from mms.settings import load_settings

FRAME = Path(__file__).parents[2] / "pages" / "frame.py"
SAVED = "start the app again"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An installation of its own: `.env` lies in the folder that the app was started in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def twilio(folder, stand_in):
    """The stand-in used as if it were Twilio."""
    (folder / ".env").write_text(f"# kept\nTWILIO_API_BASE_URL={stand_in.address.base_url}\n", "utf-8")
    return stand_in.address


def test_form_tries_lets_choose_and_saves(twilio, folder, open_page, shared):
    page = open_page("setup")
    page.text_input(key="live_sid").set_value(twilio.account_sid).run()
    page.text_input(key="live_token").set_value(twilio.auth_token).run()
    page.selectbox(key="live_sender").set_value(twilio.phone_number).run()
    page.button(key="live_save").click().run()
    assert any(SAVED in one.value for one in page.success)
    assert twilio.auth_token not in str(page.main)
    read = load_settings({})
    assert (read.mode, read.phone_number, read.api_base_url) == ("live", twilio.phone_number, twilio.base_url)
    assert (folder / ".env").read_text("utf-8").startswith("# kept\n")
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.glob(".env*")} == {0o600}
    assert len(list(folder.glob(".env.*.bak"))) == 1


def test_settings_of_the_environment_are_shown_as_lines(twilio, open_page, monkeypatch):
    page = open_page("setup")
    monkeypatch.setenv("TWILIO_PHONE_NUMBER", "+12025550123")
    page.text_input(key="live_sid").set_value(twilio.account_sid).run()
    page.text_input(key="live_token").set_value(twilio.auth_token).run()
    assert "live_save" not in [button.key for button in page.button]
    assert f"TWILIO_ACCOUNT_SID={twilio.account_sid}" in page.code[0].value
    assert twilio.auth_token not in page.code[0].value


def test_who_is_no_admin_saves_nothing(folder, shared):
    with pytest.raises(NotAllowed):
        save_settings(folder / ".env", {"MMS_MODE": "live"}, by=User("x", None, Role.SENDER), ledger=shared.ledger)
    assert not (folder / ".env").exists()


@pytest.fixture
def with_wrong_settings(folder, monkeypatch):
    """The page of a process that began with the settings that this text gives."""
    monkeypatch.setattr("mms.services._closed_for", [])

    def opened(text: str) -> AppTest:
        (folder / ".env").write_text(text, "utf-8")
        with pytest.raises(SettingsError) as caught:
            load_settings()
        close_for(caught.value)
        st.cache_resource.clear()
        return AppTest.from_file(FRAME, default_timeout=30).run()

    yield opened
    st.cache_resource.clear()


@pytest.mark.parametrize(
    ("text", "typed", "after"),
    [
        pytest.param("MMS_RATE=fast\n", {"MMS_RATE": "5"}, {"MMS_RATE": "5"}, id="malformed"),
        pytest.param("MMS_RATE=fast\n", {"MMS_RATE": ""}, {}, id="taken out"),
        pytest.param("MMS_MOD=practice\n", {}, {"MMS_MODE": "practice"}, id="misspelt: the value moves"),
    ],
)
def test_wrong_setting_is_named_and_mended_on_the_page(with_wrong_settings, folder, text, typed, after):
    page = with_wrong_settings(text)
    assert "cannot send yet" in page.title[0].value
    for name, value in typed.items():
        page.text_input(key=f"mend_{name}").set_value(value)
    page.button(key="mend_save").click().run()
    assert any(SAVED in one.value for one in page.success)
    assert read_env_file(folder / ".env") == after


def test_what_is_still_wrong_is_not_saved(with_wrong_settings, folder):
    page = with_wrong_settings("MMS_RATE=fast\n")
    page.text_input(key="mend_MMS_RATE").set_value("quick")
    page.button(key="mend_save").click().run()
    assert any("is not a number" in one.value for one in page.error)
    assert read_env_file(folder / ".env") == {"MMS_RATE": "fast"}


def test_half_set_account_can_go_on_in_practice_and_no_secret_is_shown(with_wrong_settings, folder):
    page = with_wrong_settings("TWILIO_AUTH_TOKEN=hidden-token\nTWILIO_API_KEY_SID=SKx\n")
    assert "hidden-token" not in str(page.main)
    page.button(key="mend_practice").click().run()
    assert read_env_file(folder / ".env") == {"MMS_MODE": "practice"}
