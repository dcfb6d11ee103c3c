"""Who may do what, and when a second person has to press the button."""

import pandas as pd
import streamlit as st

from mms.access.approvals import approval_above, set_approval_above
from mms.access.sessions import end_all_sessions
from mms.access.sign_in import RoleRules, role_rules, set_role_rules
from mms.roles import Permission, Role
from pages.components.notices import deed, tell
from pages.components.wiring import person, services, signs_in

ROLES = {
    Role.VIEWER: "Viewer: sees and exports",
    Role.SENDER: "Sender: runs campaigns",
    Role.ADMIN: "Admin: everything",
}
_EDITOR = "roles_editor"


def draw() -> None:
    """Without sign-in there is only the person at this computer."""
    if not signs_in():
        st.write(
            "Nobody signs in here: the app answers on this computer only, and whoever sits at it may do everything."
        )
        st.write("To let colleagues in, set up sign-in as `docs/deploy.md` describes.")
        return
    _roles()
    _second_person()
    _sessions()


def _sessions() -> None:
    st.subheader("Sign-ins")
    st.write("When a computer was lost, or somebody left: everybody has to sign in again, you too.")
    st.button("End all sign-ins", key="end_sessions", icon=":material/logout:", on_click=end_everything)


@deed(Permission.CHANGE_SETTINGS)
def end_everything() -> None:
    end_all_sessions(services().ledger, person())


def _roles() -> None:
    with services().ledger.read() as connection:
        rules = role_rules(connection)
    st.subheader("Roles")
    edited = st.data_editor(
        pd.DataFrame(
            [{"E-mail": email, "Role": role.value} for email, role in rules.by_email.items()],
            columns=["E-mail", "Role"],
        ),
        num_rows="dynamic",
        hide_index=True,
        key=_EDITOR,
        column_config={
            "Role": st.column_config.SelectboxColumn(options=[role.value for role in Role], required=True),
            "E-mail": st.column_config.TextColumn(required=True),
        },
        alt="Roles by e-mail address",
    )
    for meaning in ROLES.values():
        st.caption(meaning)
    st.button("Save the roles", type="primary", key="roles_save", on_click=save_roles, args=(edited, rules))


@deed(Permission.CHANGE_SETTINGS)
def save_roles(edited: pd.DataFrame, before: RoleRules) -> None:
    by_email = {str(line["E-mail"]): Role(line["Role"]) for line in edited.dropna().to_dict("records")}
    rules = RoleRules(by_email, before.claim, before.by_claim, before.everyone)
    set_role_rules(services().ledger, services().settings, person(), rules)
    tell("The roles are saved.")


def _second_person() -> None:
    st.subheader("A second person")
    with services().ledger.read() as connection:
        limit = approval_above(connection)
    st.number_input(
        "Needed for campaigns to more people than",
        min_value=1,
        value=limit,
        placeholder="Never",
        key="approval_limit",
        width=320,
    )
    st.button("Save", key="approval_save", on_click=save_limit)


@deed(Permission.CHANGE_SETTINGS)
def save_limit() -> None:
    set_approval_above(services().ledger, person(), st.session_state["approval_limit"])
    tell("It is saved.")
