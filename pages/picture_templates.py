"""Pictures for each person: templates, the editor, and the pools that coupon codes come from."""

import pandas as pd
import streamlit as st

from mms.media.image.isolated import prepare_picture
from mms.picture_templates.saved import SavedTemplate, all_templates, delete_template, keep_file
from mms.roles import Permission, may
from pages.components.notices import deed, tell
from pages.components.reader import moment
from pages.components.safe import plain
from pages.components.wiring import person, services, who
from pages.picture_parts import editor, pools, work


def templates() -> None:
    """Every template, and the control that makes one."""
    st.write("Draw a picture for each person: their name on it, and a coupon that can be scanned at the till.")
    with services().ledger.read() as connection:
        found = all_templates(connection)
    if found:
        _table(found)
    else:
        st.info("There is no template yet. Upload a background below; texts and codes come on top of it.")
    if may(person(), Permission.SEND):
        _new()


def _table(found: list[SavedTemplate]) -> None:
    st.dataframe(
        pd.DataFrame(
            [{"Template": one.name, "Version": one.version, "Changed": moment(one.updated_at)} for one in found]
        ),
        hide_index=True,
        key="picture_templates_table",
        alt="Picture templates",
    )
    chosen = st.selectbox("Template", found, format_func=lambda one: one.name, key="picture_template_chosen", index=0)
    with st.container(horizontal=True):
        st.button("Open", type="primary", key="picture_open", on_click=work.open_saved, args=(chosen,))
        with st.popover("Delete", icon=":material/delete:", key="picture_delete_ask"):
            st.write("Campaigns that used it keep their pictures.")
            st.button("Delete this template", key="picture_delete", on_click=_delete, args=(chosen,))


def _new() -> None:
    st.subheader("New template")
    st.text_input("Name", key="picture_new_name", placeholder="Spring coupon", max_chars=200)
    chosen = st.file_uploader("Background", type=["png", "jpg", "jpeg", "heic", "webp"], key="picture_background")
    st.button("Make it", type="primary", key="picture_new", on_click=_begin, args=(chosen,), disabled=chosen is None)


@deed(Permission.SEND)
def _begin(chosen: st.runtime.uploaded_file_manager.UploadedFile) -> None:
    name = st.session_state["picture_new_name"].strip()
    if not name:
        tell("Give the template a name to find it by.", kind="problem")
        return
    picture = prepare_picture(chosen.getvalue(), chosen.name, by=who())
    if picture.extension == "gif":
        tell("A moving picture cannot be a background. Choose a JPEG or PNG file.", kind="problem")
        return
    background = keep_file(services().ledger, picture, by=person())
    work.begin(name, {"background": background, "layers": [], "coupon_pool": None})


@deed(Permission.SEND)
def _delete(chosen: SavedTemplate) -> None:
    delete_template(services().ledger, chosen.id, by=person())
    tell(f"“{plain(chosen.name)}” was deleted.")


st.title("Pictures for each person")
if work.work() is not None:
    editor.draw()
else:
    first, second = st.tabs(["Templates", "Coupon codes"], key="picture_tabs")
    with first:
        templates()
    with second:
        pools.draw()
