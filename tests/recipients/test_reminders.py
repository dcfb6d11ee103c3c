"""Reminders about good manners: silent where the text names its sender and the way to stop."""

import pytest

from mms.message.reminders import NO_SENDER, NO_STOP, reminders

STOP = " Reply STOP to opt out."
NAMED = [
    pytest.param("Corner Cup: a cup is on us." + STOP, id="in front with a colon"),
    pytest.param("A cup is on us. From Corner Cup." + STOP, id="from, as a sentence"),
    pytest.param("A gift from The Corner Cup!" + STOP, id="from, in the sentence"),
    pytest.param("A cup is on us." + STOP + " - Corner Cup.", id="closing dash"),
    pytest.param("A cup is on us. Corner Cup." + STOP, id="closing, before the way to stop"),
    pytest.param("A cup is on us." + STOP + " Corner Cup.", id="closing, at the end"),
    pytest.param("A cup is on us." + STOP + "\nCorner Cup", id="closing line"),
    pytest.param("A cup is on us. Bean & Leaf." + STOP, id="closing with an ampersand"),
]
UNNAMED = [
    pytest.param("A cup is on us." + STOP, id="nobody"),
    pytest.param("Come today. Thanks." + STOP, id="thanks"),
    pytest.param("Come today. Thank You." + STOP, id="thank you"),
    pytest.param("Come today. Reply STOP.", id="only the way to stop"),
]


@pytest.mark.parametrize("body", NAMED)
def test_sender_is_seen(body):
    assert reminders(body) == ()


@pytest.mark.parametrize("body", UNNAMED)
def test_missing_sender_is_told(body):
    assert reminders(body) == (NO_SENDER,)


@pytest.mark.parametrize(("body", "told"), [("", ()), ("From Ann: hi", (NO_STOP,))], ids=["no text", "no way to stop"])
def test_other_texts(body, told):
    assert reminders(body) == told
