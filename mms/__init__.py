"""Everything MMS Campaigns knows. Never imports Streamlit: pages, the HTTP API and the command line call in here."""

__version__ = "0.1.0"
