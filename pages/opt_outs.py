"""Placeholder."""

import streamlit as st

st.title("opt_outs")
