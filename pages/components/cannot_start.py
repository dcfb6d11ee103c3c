"""The one page while settings are wrong: what is wrong, how to mend it, and a form that saves where it may."""

import streamlit as st

from mms.access.go_live import ToMend, misspelt, save_settings, set_outside, to_mend
from mms.env_file import env_path
from mms.errors import MmsError, SettingsError
from mms.http import new_start
from mms.roles import LOCAL_ADMIN
from pages.components.new_start import what_now
from pages.components.safe import plain
from pages.components.wiring import signs_in

_SAVED, _PROBLEM = "fixed", "fixing_problem"


def cannot_start(error: MmsError) -> None:
    """Draw it and stop: nothing else can be shown without settings and database."""
    st.title("MMS Campaigns cannot send yet")
    st.write("Nothing is sent, and nothing is lost.")
    if st.session_state.get(_SAVED):
        st.success(f"Saved. {what_now()}", icon=":material/check_circle:")
    elif isinstance(error, SettingsError):
        _settings(error)
    else:
        st.error(plain(error.message))
        st.write("When that is put right, close this window and start the app again.")
    st.stop()


def _settings(error: SettingsError) -> None:
    st.error("Some settings need attention:")
    for problem in error.problems:
        st.text(f"• {problem}")
    settings = to_mend(error, env_path())
    names = {one.name: None for one in settings} | dict.fromkeys(misspelt(error))
    if signs_in() or not settings:
        st.write("Put them right in the environment or in the file .env, then start the app again.")
        return
    if outside := set_outside(names):
        st.info(
            f"{plain(', '.join(outside))}: set in the environment of this computer. Change it there, then start again."
        )
    inside = [one for one in settings if one.name not in outside]
    if inside:
        _form(inside, tuple(name for name in misspelt(error) if name not in outside))


def _form(settings: list[ToMend], wrong_names: tuple[str, ...]) -> None:
    with st.form("mend_settings"):
        for one in settings:
            st.text_input(
                one.name,
                one.value,
                key=f"mend_{one.name}",
                type="password" if one.is_secret else "default",
                autocomplete="off",
                help="Leave it empty to take the setting out.",
            )
        st.form_submit_button("Save", type="primary", key="mend_save", on_click=_save, args=(settings, wrong_names))
    st.button(
        "Go on in practice for now",
        key="mend_practice",
        on_click=_practice,
        args=(settings, wrong_names),
        help="Takes these settings out of .env (a backup stays) and starts in practice: nothing leaves this computer.",
    )
    if problem := st.session_state.pop(_PROBLEM, None):
        st.error(plain(problem))


def _save(settings: list[ToMend], wrong_names: tuple[str, ...]) -> None:
    typed = {one.name: st.session_state[f"mend_{one.name}"].strip() or None for one in settings}
    _write(typed | dict.fromkeys(wrong_names))


def _practice(settings: list[ToMend], wrong_names: tuple[str, ...]) -> None:
    credentials = (
        *("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY_SID", "TWILIO_API_KEY_SECRET"),
        *(one.name for one in settings),
    )
    _write({**dict.fromkeys((*credentials, *wrong_names)), "MMS_MODE": "practice"})


def _write(changes: dict[str, str | None]) -> None:
    """Only from this computer itself: while the settings are wrong the page is served to nobody else."""
    try:
        save_settings(env_path(), changes, by=LOCAL_ADMIN, ledger=None)
        new_start.start_anew()
        st.session_state[_SAVED] = True
    except MmsError as error:
        st.session_state[_PROBLEM] = error.message
