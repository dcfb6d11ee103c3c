"""`.env` as people and their editors leave it, and as the form rewrites it."""

import os
import re
import stat
from pathlib import Path

import pytest

from mms import settings
from mms.env_file import read_env_file, save_env_file
from mms.errors import SettingsError
from mms.settings import load_settings, settings_from

TEXT = "# ours\nMMS_RATE=5\nTWILIO_PHONE_NUMBER='+12025550123'\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_of_an_editor_is_read(tmp_path, encoding):
    file = tmp_path / ".env"
    file.write_bytes(TEXT.replace("\n", "\r\n").encode(encoding))
    assert read_env_file(file) == {"MMS_RATE": "5", "TWILIO_PHONE_NUMBER": "+12025550123"}


def test_what_is_no_text_is_a_sentence(tmp_path):
    (tmp_path / ".env").write_bytes(b"MMS_RATE=\xff5\n")
    with pytest.raises(SettingsError, match="UTF-8"):
        load_settings({}, env_file=tmp_path / ".env")


@pytest.mark.parametrize("value", ["plain", "with blank", "quo'te", "back\\slash", "$HOME", "#sharp", 'dou"ble', "é"])
def test_saved_value_reads_back_and_other_lines_stay(tmp_path, value):
    file = tmp_path / ".env"
    file.write_text(TEXT, "utf-8")
    save_env_file(file, {"MMS_RATE": None, "TWILIO_AUTH_TOKEN": value})
    assert read_env_file(file) == {"TWILIO_PHONE_NUMBER": "+12025550123", "TWILIO_AUTH_TOKEN": value}
    assert file.read_text("utf-8").startswith("# ours\n")


def test_backup_and_new_file_are_for_their_owner_only(tmp_path):
    file = tmp_path / ".env"
    assert save_env_file(file, {"MMS_RATE": "5"}) is None
    backup = save_env_file(file, {"MMS_RATE": "6"})
    assert backup is not None
    assert read_env_file(backup) == {"MMS_RATE": "5"}
    if os.name != "nt":
        assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        pytest.param("MMS_MOD", "MMS_MODE", id="a letter short"),
        pytest.param("TWILIO_ACCOUNT_ID", "TWILIO_ACCOUNT_SID", id="a letter left out"),
        pytest.param("TWILIO_TOKEN_AUTH", None, id="too far away to guess"),
        pytest.param("mms_mode", "MMS_MODE", id="small letters"),
        pytest.param("TWILIO_REGION", None, id="Twilio's own"),
        pytest.param("MMS_KEY", None, id="of the API's examples"),
        pytest.param("OTHER_MODE", None, id="somebody else's"),
    ],
)
def test_misspelt_name_is_told_with_the_nearest_real_one(name, meant):
    if meant is None:
        settings_from({name: "x"})
        return
    with pytest.raises(SettingsError, match=f"{name} is not a setting: did you mean {meant}"):
        settings_from({name: "x"})


def test_every_setting_that_is_read_is_a_known_name():
    source = Path(settings.__file__).read_text("utf-8")
    read = set(re.findall(r'(?:_parsed|values\.get)\(\s*"([A-Z_]+)"', source))
    assert read - set(settings.NAMES) == set()
