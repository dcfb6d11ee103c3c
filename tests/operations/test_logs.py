"""Logs name nobody: numbers masked, texts and tokens hidden, also in the lines of other libraries."""

import dataclasses
import io
import json
import logging

import pytest
import structlog

from mms.logs import configure_logging, mask_text
from mms.settings import settings_from


@pytest.fixture
def logged():
    """Configures logging into a string, and puts everything back."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    stream = io.StringIO()

    def configure(**changes):
        settings = settings_from({"MMS_DATA_DIR": "unused", "LOG_FORMAT": "json"})
        configure_logging(dataclasses.replace(settings, **changes), stream)
        return stream

    yield configure
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("to +12025550123.", "to +1******0123.", id="E.164"),
        pytest.param("To=%2B12025550123&x", "To=+1******0123&x", id="in a URL"),
        pytest.param("2025550123", "******0123", id="ten digits"),
        pytest.param("1 202 555 0123", "******0123", id="with country code"),
        pytest.param("(202) 555-0123 called", "******0123 called", id="as people write"),
        pytest.param("+442079460123", "+4******0123", id="elsewhere"),
        pytest.param("Authorization: Bearer mms_abc-DEF", "Authorization: Bearer [hidden]", id="key"),
        pytest.param("Basic QUM6c2VjcmV0", "Basic [hidden]", id="sign-in"),
        pytest.param("MM12025550123202555012320255501232", "MM12025550123202555012320255501232", id="SID"),
        pytest.param("campaign=2025 rows=100000", "campaign=2025 rows=100000", id="counts"),
        pytest.param("at 1795464161.168", "at 1795464161.168", id="time"),
        pytest.param("2026-11-23T20:05:20", "2026-11-23T20:05:20", id="date"),
        pytest.param("took 0.2025550123", "took 0.2025550123", id="fraction"),
    ],
)
def test_numbers_and_credentials_are_masked_and_nothing_else(text, shown):
    assert mask_text(text) == shown


def test_line_has_its_time_level_and_values_in_json(logged):
    stream = logged()
    structlog.get_logger("mms.test").info("call", campaign=7, to="+12025550123")
    line = json.loads(stream.getvalue())
    assert (line["event"], line["campaign"], line["to"]) == ("call", 7, "+1******0123")
    assert (line["level"], line["logger"]) == ("info", "mms.test")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("name", ["body", "auth_token", "TWILIO_API_KEY_SECRET", "Authorization", "cells", "api_key"])
def test_value_is_hidden_by_its_name(logged, name):
    stream = logged()
    structlog.get_logger().warning("x", **{name: "Dear Ann"})
    assert json.loads(stream.getvalue())[name] == "[hidden]"


def test_what_lies_deeper_is_masked_too(logged):
    stream = logged()
    structlog.get_logger().warning("x", form={"From": "+12025550123", "body": "hi"}, numbers=["2025550123"])
    assert json.loads(stream.getvalue())["form"] == {"From": "+1******0123", "body": "[hidden]"}
    assert "2025550123" not in stream.getvalue()


def test_lines_and_tracebacks_of_other_libraries_are_masked(logged):
    stream = logged()
    try:
        raise ValueError("no such number +12025550123")
    except ValueError:
        logging.getLogger("somebody").exception("failed for %s", "+12025550199")
    assert "+1******0123" in stream.getvalue()
    assert "2025550" not in stream.getvalue()


def test_correlation_id_is_in_every_line_of_a_call(logged):
    stream = logged()
    with structlog.contextvars.bound_contextvars(request_id="order-7"):
        structlog.get_logger().info("a")
        logging.getLogger("library").warning("b")
    assert [json.loads(line)["request_id"] for line in stream.getvalue().splitlines()] == ["order-7"] * 2


def test_twilios_request_lines_are_left_out(logged):
    stream = logged()
    logging.getLogger("twilio.http_client").info("Query Params: {'To': '+12025550123'}")
    assert stream.getvalue() == ""


@pytest.mark.parametrize(("level", "lines"), [("debug", 2), ("info", 1), ("error", 0)])
def test_level(logged, level, lines):
    stream = logged(log_level=level)
    structlog.get_logger("mms.x").info("a")
    structlog.get_logger("mms.x").debug("b")
    assert len(stream.getvalue().splitlines()) == lines


def test_text_for_people_is_one_line_each(logged):
    stream = logged(log_format="text")
    structlog.get_logger("mms.x").info("campaign started", campaign=7)
    assert "campaign started" in stream.getvalue()
    assert "campaign=7" in stream.getvalue()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("to 202 - 555 - 0101 now", "555"),
        ("to 0044 7700 900 123", "7700"),
        ("to +44 (0) 7700 900123", "7700"),
        ("to ２０２５５５０１０１", "202"),
        ("ann@shop.example wrote", "ann@"),
        ("postgresql://mms:hunter2@host/db", "hunter2"),
        ("GET /reports/1.csv?token=abc.def-1", "abc"),
        ("key mms_abcdefghijklmnopqrstuvwxyz0123", "abcdef"),
    ],
)
def test_other_forms_of_numbers_and_secrets_are_masked(text, secret):
    assert secret not in mask_text(text)


@pytest.mark.parametrize("text", ["2026-11-27T06:03:51Z", "campaign 17, 10000 rows in 12.5 s", "took 0.0123 of 00:15"])
def test_times_and_counts_stay(text):
    assert mask_text(text) == text
