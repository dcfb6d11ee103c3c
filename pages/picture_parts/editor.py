"""The editor: the picture with its layers, the same as number fields, a person's values to look at, and Save."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from mms.coupons.pools import all_pools
from mms.errors import MmsError
from mms.media.image.decoding import as_jpeg
from mms.media.image.isolated import prepare_picture
from mms.picture_templates.drawing import Painter
from mms.picture_templates.saved import files_of, keep_file, save_template
from mms.picture_templates.template import ALIGNMENTS, CODE_FORMATS, FONT_FAMILIES, MAX_LAYERS, PictureTemplate
from mms.roles import Permission
from pages.components.notices import deed, tell
from pages.components.safe import plain
from pages.components.wiring import person, services, who
from pages.picture_parts import work
from pages.picture_parts.stage import stage

_NEW: Mapping[str, dict[str, Any]] = {
    "text": {"kind": "text", "text": "Hello {Name|there}!", "box": {"x": 0.05, "y": 0.05, "width": 0.9, "height": 0.2}},
    "code": {
        "kind": "code",
        "value": "{coupon}",
        "format": "qr",
        "with_letters": True,
        "box": {"x": 0.25, "y": 0.5, "width": 0.5, "height": 0.45},
    },
}
_KIND_WORDS = {"text": "Text", "code": "Code", "picture": "Picture"}
_BOLD = 600  # weights from here on
_SAMPLES = {"coupon": "SPRING-7KQ4", "name": "Maximiliane"}


def draw() -> None:
    """The whole editor for what is being worked on."""
    current = work.work()
    if current is None:
        return
    content = current["content"]
    st.header(plain(current["name"]))
    left, right = st.columns([3, 2], gap="large")
    with right:
        _layers(current)
    with left:
        _picture(current)
    _coupon_pool(content, current["revision"])
    with st.container(horizontal=True):
        st.button("Save", type="primary", icon=":material/save:", key="picture_save", on_click=_save)
        st.button(
            "Undo", icon=":material/undo:", key="picture_undo", on_click=work.undo, disabled=not current["history"]
        )
        st.button("Back to all templates", key="picture_close", on_click=work.close)
    if content != current["saved"]:
        st.caption("There are changes that are not saved yet.")


def _picture(current: dict[str, Any]) -> None:
    try:
        template = PictureTemplate.from_json(current["content"])
    except MmsError as error:
        st.error(plain(error.message))
        return
    with services().ledger.read() as connection:
        painter = Painter(template, files_of(connection, template))
    values = _values(template)
    image, problems = painter.sketch(values)
    shown = image.copy()
    shown.thumbnail((900, 1200))
    stage(
        as_jpeg(shown, 80),
        [(_label(number, layer), layer["box"]) for number, layer in enumerate(current["content"]["layers"], 1)],
        selected=current["selected"],
        revision=current["revision"],
        on_moved=_moved,
    )
    st.caption(
        "Drag a layer to move it, its corner to size it. With the keyboard: Tab, arrow keys, Shift and arrow keys."
    )
    if not problems:
        problems = list(painter.draw(values).problems)
        if template.layers and not problems:
            st.success("Every code on this picture was scanned, also after half the size and strong compression.")
    for problem in problems:
        st.warning(plain(problem.message))


def _values(template: PictureTemplate) -> dict[str, str]:
    """What is put in for the merge fields, typed by hand."""
    values: dict[str, str] = {}
    fields = {one.key: one for one in template.merge_fields}
    with st.expander("Values to look at", expanded=bool(fields), key="picture_values"):
        st.write("Try a long name, an empty one, and a real code.")
        for key, field in fields.items():
            values[key] = st.text_input(
                plain(field.name), value=_SAMPLES.get(key, field.name), key=f"picture_value_{key}"
            )
    return values


def _label(number: int, layer: Mapping[str, Any]) -> str:
    return f"{number}. {_KIND_WORDS[layer['kind']]}: {layer.get('text') or layer.get('value') or 'logo'}"


def _moved(index: int, box: Mapping[str, float]) -> None:
    current = work.work()
    if current is not None and index < len(current["content"]["layers"]):
        current["selected"] = index
        work.change_layer(index, box={side: round(float(box[side]), 4) for side in ("x", "y", "width", "height")})


def _layers(current: dict[str, Any]) -> None:
    layers = current["content"]["layers"]
    with st.container(horizontal=True):
        for kind, word in (("text", "Add a text"), ("code", "Add a code")):
            st.button(word, key=f"picture_add_{kind}", on_click=_add, args=(kind,), disabled=len(layers) >= MAX_LAYERS)
    with st.popover("Add a logo", icon=":material/image:", key="picture_add_logo"):
        chosen = st.file_uploader("Logo", type=["png", "jpg", "jpeg"], key="picture_logo")
        st.button("Add it", key="picture_logo_add", on_click=_add_logo, args=(chosen,), disabled=chosen is None)
    if not layers:
        st.info("The picture has no layer yet. Add a text or a code.")
        return
    revision = current["revision"]
    index = st.selectbox(
        "Layer",
        range(len(layers)),
        index=min(current["selected"], len(layers) - 1),
        format_func=lambda at: _label(at + 1, layers[at]),
        key=f"picture_layer_{revision}",
    )
    current["selected"] = index
    _fields(index, layers[index], revision)
    st.button("Remove this layer", icon=":material/delete:", key="picture_remove", on_click=_remove, args=(index,))


def _fields(index: int, layer: Mapping[str, Any], revision: int) -> None:
    """The layer as plain fields: what the mouse does, in numbers, and what it cannot do."""
    new: dict[str, Any] = {}
    kind = layer["kind"]

    def key(name: str) -> str:
        return f"picture_{name}_{index}_{revision}"

    if kind == "text":
        new["text"] = st.text_area("Text", value=layer["text"], key=key("text"), help="{Column} is a merge field.")
        new["font"] = st.selectbox(
            "Font", list(FONT_FAMILIES), index=list(FONT_FAMILIES).index(layer.get("font", "sans")),
            format_func=FONT_FAMILIES.__getitem__, key=key("font"),
        )  # fmt: skip
        was_bold = layer["weight"] >= _BOLD
        is_bold = st.checkbox("Bold", value=was_bold, key=key("bold"))
        new["weight"] = layer["weight"] if is_bold == was_bold else 700 if is_bold else 400
        new["align"] = st.segmented_control(
            "Alignment", ALIGNMENTS, default=layer.get("align", "center"), key=key("align"), required=True
        )
        new["colour"] = st.color_picker("Colour", value=layer.get("colour", "#000000"), key=key("colour"))
        outlined = st.checkbox("Outline", value=bool(layer.get("outline")), key=key("outlined"))
        if outlined:
            picked = st.color_picker("Outline colour", value=layer.get("outline") or "#ffffff", key=key("outline"))
            new["outline"], new["outline_width"] = picked, layer.get("outline_width") or 0.004
        else:
            new["outline"], new["outline_width"] = None, 0.0
        with st.container(horizontal=True):
            new["size"] = _percent("Size", layer.get("size", 0.06), key("size"), least=1.0)
            new["least_size"] = _percent("Smallest size", layer.get("least_size", 0.025), key("least"), least=1.0)
    elif kind == "code":
        new["format"] = st.selectbox(
            "Kind of code", list(CODE_FORMATS), index=list(CODE_FORMATS).index(layer.get("format", "qr")),
            format_func=CODE_FORMATS.__getitem__, key=key("format"),
        )  # fmt: skip
        new["value"] = st.text_input(
            "Value", value=layer["value"], key=key("value"), help="{coupon} is the code from the pool or column."
        )
        new["with_letters"] = st.checkbox(
            "Value in letters beneath", value=layer.get("with_letters", False), key=key("letters")
        )
    with st.container(horizontal=True):
        box = {
            side: _percent(word, layer["box"][side], key(side))
            for side, word in (("x", "Left"), ("y", "Top"), ("width", "Width"), ("height", "Height"))
        }
    box["width"], box["height"] = min(box["width"], 1 - box["x"]), min(box["height"], 1 - box["y"])
    st.caption("All in percent of the picture.")
    if any(layer.get(name) != value for name, value in {**new, "box": box}.items()):
        work.change_layer(index, **new, box=box)
        st.rerun()


def _percent(label: str, part: float, key: str, least: float = 0.0) -> float:
    value = st.number_input(label, least, 100.0, value=round(part * 100, 2), step=1.0, key=key, width=110)
    return round(value / 100, 4)


def _coupon_pool(content: dict[str, Any], revision: int) -> None:
    with services().ledger.read() as connection:
        names = [pool.name for pool in all_pools(connection)]
    chosen = st.selectbox(
        "Where {coupon} comes from",
        [None, *names],
        index=([None, *names].index(content["coupon_pool"]) if content.get("coupon_pool") in names else 0),
        format_func=lambda name: f"Pool: {name}" if name else "A column of the list called coupon",
        key=f"picture_pool_{revision}",
    )
    if chosen != content.get("coupon_pool"):
        work.change({**content, "coupon_pool": chosen})
        st.rerun()


@deed(Permission.SEND)
def _add(kind: str) -> None:
    current = work.work()
    if current:
        longer = {**current["content"], "layers": [*current["content"]["layers"], dict(_NEW[kind])]}
        work.change(PictureTemplate.from_json(longer).to_json())
        current["selected"] = len(current["content"]["layers"]) - 1


@deed(Permission.SEND)
def _add_logo(chosen: Any) -> None:
    current = work.work()
    if current and chosen is not None:
        picture = prepare_picture(chosen.getvalue(), chosen.name, by=who())
        name = keep_file(services().ledger, picture, by=person())
        layer = {"kind": "picture", "file": name, "box": {"x": 0.7, "y": 0.8, "width": 0.25, "height": 0.15}}
        work.change({**current["content"], "layers": [*current["content"]["layers"], layer]})
        current["selected"] = len(current["content"]["layers"]) - 1


@deed(Permission.SEND)
def _remove(index: int) -> None:
    current = work.work()
    if current:
        layers = [layer for at, layer in enumerate(current["content"]["layers"]) if at != index]
        work.change({**current["content"], "layers": layers})
        current["selected"] = 0


@deed(Permission.SEND)
def _save() -> None:
    current = work.work()
    if current:
        template = PictureTemplate.from_json(current["content"])
        saved = save_template(services().ledger, current["name"], template, by=person())
        current["saved"] = current["content"]
        tell(f"Saved as version {saved.version} of “{plain(saved.name)}”.")
