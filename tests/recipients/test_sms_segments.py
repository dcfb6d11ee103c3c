"""How many SMS a text makes, one by one and column by column."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mms.recipients.check.sms_segment_counts import segments_of_all
from mms.sms_segments import costly_character, segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("", 1, id="empty"),
        pytest.param("x" * 160, 1, id="full"),
        pytest.param("x" * 161, 2, id="one over"),
        pytest.param("x" * 306, 2, id="two full"),
        pytest.param("x" * 307, 3, id="two full and one over"),
        pytest.param("{" * 80, 1, id="extended full"),
        pytest.param("{" * 81, 2, id="extended one over"),
        pytest.param("ж" * 70, 1, id="other alphabet full"),
        pytest.param("ж" * 71, 2, id="other alphabet one over"),
        pytest.param("ж" * 135, 3, id="other alphabet two full and one over"),
        pytest.param("🎉" * 35, 1, id="emoji full"),
        pytest.param("🎉" * 36, 2, id="emoji one over"),
        pytest.param("x" * 69 + "ë", 1, id="one costly letter full"),
        pytest.param("x" * 70 + "ë", 2, id="one costly letter one over"),
        pytest.param("x" * 159 + "é", 1, id="é is in the alphabet"),
        pytest.param("~" + "x" * 159, 2, id="one extended one over"),
    ],
)
def test_segments(text, count):
    assert segments(text) == count


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(st.sampled_from("aé€~ëж🎉\n"), max_size=330), max_size=5))
def test_a_column_counts_as_its_texts_do(texts):
    assert segments_of_all(pa.chunked_array([texts], pa.string())).tolist() == [segments(text) for text in texts]


def test_costly_character_is_the_first_outside_the_alphabet():
    assert [costly_character(text) for text in ("naïve 🎉", "café €", "")] == ["ï", None, None]
