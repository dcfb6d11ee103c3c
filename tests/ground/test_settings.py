"""Settings: every missing or malformed one is named at once, and secrets never show."""

import pytest

from mms.errors import SettingsError
from mms.settings import Mode, load_settings, settings_from

SID = "AC" + "0" * 32
LIVE = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": "s3cret", "TWILIO_PHONE_NUMBER": "+12025550123"}


@pytest.mark.parametrize(
    ("values", "mode"),
    [
        pytest.param({}, Mode.PRACTICE, id="nothing set"),
        pytest.param(LIVE, Mode.LIVE, id="credentials make it live"),
        pytest.param({**LIVE, "MMS_MODE": "practice"}, Mode.PRACTICE, id="practice on purpose"),
        pytest.param({"TWILIO_PHONE_NUMBER": "+12025550123"}, Mode.PRACTICE, id="a sender alone"),
        pytest.param(
            {
                "TWILIO_ACCOUNT_SID": SID,
                "TWILIO_API_KEY_SID": "SK1",
                "TWILIO_API_KEY_SECRET": "x",
                "TWILIO_MESSAGING_SERVICE_SID": "MG" + "1" * 32,
            },
            Mode.LIVE,
            id="an API key instead of the token",
        ),
    ],
)
def test_mode_follows_from_what_is_set(values, mode):
    assert settings_from(values).mode is mode


@pytest.mark.parametrize(
    ("values", "named"),
    [
        pytest.param({"TWILIO_ACCOUNT_SID": SID}, ["TWILIO_AUTH_TOKEN"], id="token missing"),
        pytest.param({"TWILIO_AUTH_TOKEN": "x"}, ["TWILIO_ACCOUNT_SID"], id="sid missing"),
        pytest.param({**LIVE, "TWILIO_API_KEY_SID": "SK1"}, ["TWILIO_API_KEY_SECRET"], id="half a key"),
        pytest.param({"TWILIO_API_KEY_SECRET": "x"}, ["TWILIO_ACCOUNT_SID", "TWILIO_API_KEY_SID"], id="only a secret"),
        pytest.param({"MMS_MODE": "live"}, ["TWILIO_ACCOUNT_SID", "TWILIO_PHONE_NUMBER"], id="live without anything"),
        pytest.param(
            {"MMS_RATE": "fast", "MMS_BATCH_SIZE": "0", "DEFAULT_REGION": "XX", "LOG_LEVEL": "loud"},
            ["MMS_RATE", "MMS_BATCH_SIZE", "DEFAULT_REGION", "LOG_LEVEL"],
            id="several malformed at once",
        ),
        pytest.param(
            {"TWILIO_API_BASE_URL": "http://twilio.example"}, ["TWILIO_API_BASE_URL"], id="plain http outside"
        ),
        pytest.param({"DATABASE_URL": "mysql://x"}, ["DATABASE_URL"], id="another database"),
        pytest.param({"MMS_API_KEYS": "name:short"}, ["MMS_API_KEYS"], id="a key that is no hash"),
        pytest.param({"TWILIO_PHONE_NUMBER": "555-0123"}, ["TWILIO_PHONE_NUMBER"], id="sender not E.164"),
    ],
)
def test_every_wrong_setting_is_named_at_once(values, named):
    with pytest.raises(SettingsError) as caught:
        settings_from(values)
    assert all(name in str(caught.value) for name in named)
    assert len(caught.value.problems) == len(named)


def test_secrets_never_show():
    shown = repr(settings_from({**LIVE, "DATABASE_URL": "postgresql://u:hidden@h/d", "MMS_API_KEYS": "a:" + "b" * 64}))
    assert "s3cret" not in shown
    assert "hidden" not in shown
    assert "b" * 64 not in shown


def test_environment_wins_over_the_file(tmp_path):
    file = tmp_path / ".env"
    file.write_text("MMS_RATE=5\nMMS_BATCH_SIZE=7\n")
    read = load_settings({"MMS_RATE": "9"}, env_file=file)
    assert (read.rate, read.batch_size) == (9.0, 7)


def test_example_file_names_every_setting():
    import re
    from pathlib import Path

    import mms

    root = Path(mms.__file__).parent
    source = (root / "settings.py").read_text("utf-8")
    names = set(re.findall(r'"((?:TWILIO|MMS|LOG)_[A-Z_]+|DATABASE_URL|DEFAULT_REGION|PUBLIC_BASE_URL)"', source))
    example = (root.parent / ".env.example").read_text("utf-8")
    assert names == {name for name in names if f"{name}=" in example}
