"""What a reply asks for: Twilio's keywords, the wordings that count in law, and answers that are none."""

import pytest

from mms.opt_outs.keywords import Keyword, keyword_of

LONG_CODE, TOLL_FREE, SERVICE, SHORT_CODE = "+12025550100", "+18885550100", "MG" + "0" * 32, "12345"


@pytest.mark.parametrize(
    "body",
    [
        *("STOP", "stop", "Stop.", " STOP! ", "stop\n", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT"),
        *("opt-out", "Opt out", "CANCEL", "please stop", "Stop texting me!!", "take me off your list", "“STOP”"),
        *("ARRÊT", "arret", "Don't text me", "don’t text me"),
        *(
            "STOP STOP",
            "Stop! stop! STOP!",
            "ＳＴＯＰ",
            "🛑 STOP 🛑",
            "*STOP*",
            "_stop_",
            "S T O P",
            "s.t.o.p.",
            "STOP\u200b",
        ),
    ],
)
def test_whole_reply_that_asks_for_no_more_messages_is_a_stop(body):
    assert keyword_of(body, None, LONG_CODE) is Keyword.STOP


@pytest.mark.parametrize(
    "body",
    [
        *("", "  ", "stop by tomorrow?", "I can't stop laughing", "the end", "do not stop", "nonstop", "STOPP", "👍"),
        *("cancel my order 12", "yes please", "<b>STOP</b>"),
        *("yes yes", "START START", "all stop", "a b", "🛑"),
    ],
)
def test_answer_that_only_holds_such_a_word_is_an_answer(body):
    assert keyword_of(body, None, LONG_CODE) is None


@pytest.mark.parametrize(
    ("body", "address", "keyword"),
    [
        pytest.param("START", LONG_CODE, Keyword.START, id="start"),
        pytest.param("unstop", TOLL_FREE, Keyword.START, id="unstop on toll-free"),
        pytest.param("Yes", LONG_CODE, Keyword.START, id="yes"),
        pytest.param("YES", SERVICE, Keyword.START, id="yes to a service"),
        pytest.param("YES", SHORT_CODE, Keyword.START, id="yes to a short code"),
        pytest.param("YES", TOLL_FREE, None, id="yes does not count on toll-free"),
        pytest.param("Help", LONG_CODE, Keyword.HELP, id="help"),
        pytest.param("INFO", LONG_CODE, Keyword.HELP, id="info"),
        pytest.param("YES", "", Keyword.START, id="our address unknown"),
    ],
)
def test_start_and_help(body, address, keyword):
    assert keyword_of(body, None, address) is keyword


@pytest.mark.parametrize(
    ("opt_out_type", "keyword"),
    [("STOP", Keyword.STOP), ("START", Keyword.START), ("HELP", Keyword.HELP), ("", None), ("other", None)],
)
def test_twilios_own_reading_goes_first(opt_out_type, keyword):
    assert keyword_of("arrêtez svp mes amis", opt_out_type, LONG_CODE) is keyword
