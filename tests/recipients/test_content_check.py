"""What carriers filter is told with a reason and an example; a good text is left alone."""

import pytest

from mms.message.content_check import FILTERED, SHORTENERS, content_findings
from mms.twilio_codes import explain

STOP = " Reply STOP to opt out."
GOOD = [
    pytest.param("Corner Cup: a cup is on us." + STOP, id="in front with a colon"),
    pytest.param("A cup is on us. From Corner Cup." + STOP, id="from, as a sentence"),
    pytest.param("A gift from The Corner Cup!" + STOP, id="from, in the sentence"),
    pytest.param("A cup is on us." + STOP + " - Corner Cup.", id="closing dash"),
    pytest.param("A cup is on us. Corner Cup." + STOP, id="closing, before the way to stop"),
    pytest.param("A cup is on us." + STOP + " Corner Cup.", id="closing, at the end"),
    pytest.param("A cup is on us." + STOP + "\nCorner Cup", id="closing line"),
    pytest.param("A cup is on us. Bean & Leaf." + STOP, id="closing with an ampersand"),
    pytest.param("Corner Cup: hi {FIRST NAME IN CAPITALS}, come by." + STOP, id="capitals in a field"),
    pytest.param("Corner Cup: SALE today at https://A-LONG-HOST.EXAMPLE/SALE" + STOP, id="capitals in a link"),
    pytest.param("Corner Cup: begin at 9, drums, ginger tea, Essex, one-half off!!" + STOP, id="parts of words"),
    pytest.param("Corner Cup: habit.ly/x and https://bit.ly.example/x" + STOP, id="hosts that only look alike"),
    pytest.param("Corner Cup: hola. Responda ALTO para no recibir más.", id="Spanish"),
    pytest.param("", id="a picture alone"),
]
TOLD = [
    pytest.param("A cup is on us." + STOP, ["no_sender"], id="nobody"),
    pytest.param("Come today. Thanks." + STOP, ["no_sender"], id="thanks"),
    pytest.param("Come today. Thank You." + STOP, ["no_sender"], id="thank you"),
    pytest.param("Come today. Reply STOP.", ["no_sender"], id="only the way to stop"),
    pytest.param("From Ann: hi", ["no_opt_out"], id="no way to stop"),
    pytest.param("Corner Cup: see bit.ly/abc." + STOP, ["public_shortener"], id="public short link without scheme"),
    pytest.param("Corner Cup: https://WWW.TinyURL.com/x" + STOP, ["public_shortener"], id="in capitals, with www"),
    pytest.param("Corner Cup: BUY NOW AND SAVE A LOT, REPLY STOP TO OPT OUT", ["all_capitals"], id="all capitals"),
    pytest.param("Corner Cup: last day!!!" + STOP, ["shouting"], id="three marks"),
    pytest.param("Corner Cup: earn $$ today" + STOP, ["shouting"], id="dollars"),
    pytest.param("Corner Cup: CBD oil, half price." + STOP, ["forbidden_topic"], id="cannabis"),
    pytest.param("Corner Cup: our wines, and a casino night." + STOP, ["forbidden_topic"] * 2, id="two topics"),
    pytest.param("Corner Cup: cash loans for you." + STOP, ["forbidden_topic"], id="loans"),
    pytest.param("Corner Cup: a.example/1 b.example/2 c.example/3" + STOP, ["many_links"], id="three links"),
]


@pytest.mark.parametrize("body", GOOD)
def test_a_good_text_is_left_alone(body):
    assert content_findings(body) == ()


@pytest.mark.parametrize(("body", "kinds"), TOLD)
def test_what_is_filtered_is_told(body, kinds):
    found = content_findings(body)
    assert [one.kind for one in found] == kinds
    for one in found:
        assert one.message.endswith(".")
        assert one.example
        assert one.source.startswith("https://")


def test_every_public_shortener_is_seen():
    for host in SHORTENERS:
        assert [one.kind for one in content_findings(f"Corner Cup: https://{host}/x" + STOP)] == ["public_shortener"]


def test_the_code_is_one_that_results_explain():
    assert "advertising" in explain(FILTERED).meaning
