"""Launches everything on one port: the dashboard, the HTTP API and Twilio's webhooks. Decides nothing itself.

The router is `pages/frame.py`, not this file: with the main script beside `pages/`, Streamlit would run page files
directly on a deep link, without the frame.
"""

import os
import runpy
from pathlib import Path

import streamlit as st
from streamlit import config, runtime

FRAME = Path(__file__).parent / "pages" / "frame.py"

if runtime.exists():  # run as a script, by AppTest
    runpy.run_path(str(FRAME), run_name="__main__")
else:  # imported, by `streamlit run` or uvicorn
    os.umask(0o077)  # the data folder is people's data: for its owner only, whatever the shell says
    from mms.http.site import site_or_exit
    from pages.components.cookies import claims_of
    from pages.components.mishaps import on_script_error

    signs_in = st.secrets.load_if_toml_exists() and "auth" in st.secrets
    site = site_or_exit(
        address=config.get_option("server.address"),
        port=config.get_option("server.port"),
        base_path=config.get_option("server.baseUrlPath"),
        port_is_chosen=config.is_manually_set("server.port"),
        claims_of=claims_of if signs_in else None,
        cookie_secret=str(st.secrets["auth"].get("cookie_secret", "")) if signs_in else None,
    )
    config.set_option("server.allowedHosts", list(site.hosts))  # one setting, PUBLIC_BASE_URL, names the public host
    app = st.App(
        FRAME,
        routes=site.routes,
        middleware=site.middleware,
        lifespan=site.lifespan,
        on_script_error=on_script_error,
    )
