"""The picture of the rooms in docs/architecture.md is true: every room, every arrow, and all arrows point downwards."""

import re
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent.parent
GROUND = frozenset(
    {
        *(
            "data_folder",
            "env_file",
            "errors",
            "ledger",
            "problem_texts",
            "problems",
            "roles",
            "samples",
            "send_options",
            "settings",
        ),
        *("sms_segments", "states", "twilio_codes", "words"),
    }
)
"""What any room may stand on; not drawn as arrows, there would be no seeing the others."""


@pytest.fixture(scope="module")
def used() -> dict[str, set[str]]:
    """For each room the rooms that it imports, as they are."""
    graph = grimp.build_graph("mms", cache_dir=None)
    found: dict[str, set[str]] = {}
    for module in graph.modules - {"mms", "mms.__main__"}:
        room = found.setdefault(module.split(".")[1], set())
        room.update(one.split(".")[1] for one in graph.find_modules_directly_imported_by(module) if one != "mms")
    return {room: uses - {room} for room, uses in found.items()}


def _drawn() -> dict[str, set[str]]:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    block = re.search(r"```rooms\n(.*?)```", text, re.DOTALL)
    assert block, "docs/architecture.md has a block of rooms"
    lines = [line.partition("→") for line in block[1].splitlines() if line.strip()]
    return {room.strip(): set(uses.split()) for room, _, uses in lines}


def test_every_room_and_every_arrow_is_drawn_as_it_is(used):
    there = {room: uses - GROUND for room, uses in used.items() if room not in GROUND}
    wrong = {room: sorted(uses) for room, uses in there.items() if _drawn().get(room) != uses}
    assert wrong == {}, "draw these arrows in docs/architecture.md"
    assert _drawn().keys() == there.keys()


def test_arrows_point_downwards(used):
    order = list(_drawn())
    upwards = [(room, other) for room in order for other in _drawn()[room] if order.index(other) <= order.index(room)]
    assert upwards == []


def test_the_ground_stands_on_the_ground_alone(used):
    assert {room: uses - GROUND for room, uses in used.items() if room in GROUND and uses - GROUND} == {}


def test_where_to_change_what_stands_in_one_document():
    with_table = [path.name for path in (ROOT / "docs").glob("*.md") if "| I want to change" in path.read_text("utf-8")]
    assert with_table == ["contributor-guide.md"]
