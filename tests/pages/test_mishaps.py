"""What nobody foresaw: the person and the log get the same reference, and the person gets nothing else."""

import logging
import re

from streamlit.testing.v1 import AppTest


def broken_page():
    from pages.components.mishaps import on_script_error

    try:
        raise RuntimeError("secret of row 7")
    except RuntimeError as error:
        on_script_error(error)


def test_reference_on_screen_is_the_one_in_the_log(caplog):
    with caplog.at_level(logging.ERROR, logger="mms.pages"):
        page = AppTest.from_function(broken_page).run()
    reference = re.search(r"reference \*\*([0-9a-f]{8})", page.error[0].value).group(1)
    assert reference in caplog.text
    assert "secret" not in page.error[0].value
