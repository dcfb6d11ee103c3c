"""Pages over a data folder of their own: a real ledger, a real stand-in in a thread, and no worker that would send."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from mms import samples
from mms.campaigns.drafts.content import DraftContent
from mms.campaigns.drafts.drafts import new_draft, save_draft
from mms.campaigns.drafts.uploads import store_upload
from mms.delivery.engine.worker_process import worker_lock
from mms.practice.testing import PracticeServer
from mms.recipients import read_upload
from mms.roles import LOCAL_ADMIN
from mms.services import Services
from pages.components.wiring import services

FRAME = Path(__file__).parents[2] / "pages" / "frame.py"
OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    """One practice Twilio for the run; each test's folder is told where it answers."""
    with PracticeServer(tmp_path_factory.mktemp("practice"), time_scale=0.01) as server:
        yield server


@pytest.fixture
def shared(
    tmp_path: Path, sqlite_database: Path, stand_in: PracticeServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Services]:
    """The handles that the pages use, over the ledger of `sqlite_database`.

    The worker's lock is held here, so no worker starts and rows stay ready.
    """
    monkeypatch.setenv("MMS_DATA_DIR", str(tmp_path))
    stand_in.address.write(tmp_path)
    st.cache_resource.clear()
    handles = services()
    with worker_lock(handles.settings):
        yield handles
    handles.ledger.close()
    st.cache_resource.clear()


@pytest.fixture
def open_page(shared: Services) -> OpenPage:
    """`open_page("campaign", id="1")`: the page as a new visitor gets it."""

    def opened(name: str = "home", **params: str) -> AppTest:
        page = AppTest.from_file(FRAME, default_timeout=30).run()
        page.switch_page(f"{name}.py")
        for key, value in params.items():
            page.query_params[key] = value
        return page.run()

    return opened


@pytest.fixture
def draft_of(shared: Services) -> Callable[..., int]:
    """A draft over a file given as text; `content` is what was typed so far."""

    def made(text: str = "", **content: object) -> int:
        upload = read_upload(text.encode() or samples.recipients(), file_name="list.csv")
        with shared.ledger.write() as connection:
            upload_id = store_upload(connection, upload, at=shared.ledger.now(connection), by=LOCAL_ADMIN)
        typed = DraftContent.model_validate({"name": "Test list", **content})
        draft_id = new_draft(shared.ledger, by=LOCAL_ADMIN, content=typed)
        save_draft(shared.ledger, draft_id, by=LOCAL_ADMIN, upload_id=upload_id)
        return draft_id

    return made
