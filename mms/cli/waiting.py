"""Waiting for a campaign: progress while it runs, the result and the exit code at the end."""

import signal
import time
from pathlib import Path

import click

from mms.campaigns import controls
from mms.campaigns.records import Campaign, campaign
from mms.cli.exit_codes import ALL_WENT_OUT, INTERRUPTED, SOME_DID_NOT, STOPPED
from mms.cli.output import Progress, counts_line, print_json, say
from mms.cli.reading import local_person
from mms.delivery.engine.pulse import HangingWorker
from mms.delivery.queue.watchfulness import Heartbeat
from mms.reports import campaign_counts, show
from mms.reports.campaign.left_behind import left_behind
from mms.services import Services
from mms.states import OPEN_ROWS, CampaignState, RowState

_LOOK_EVERY = 0.5  # seconds
_CHECK_WORKER_EVERY = 10.0  # a worker that was killed, or that hangs, is followed by another
_ENDED = {
    CampaignState.FINISHED: None,
    CampaignState.CANCELED: "It was cancelled.",
    CampaignState.STOPPED: "It stopped by itself.",
    CampaignState.PAUSED: "It is paused.",
}


def wait_for_end(connected: Services, campaign_id: int, *, report_file: str | None, as_json: bool) -> int:
    """Show progress until the campaign ends, then the result; returns the exit code. Ctrl-C pauses the campaign."""
    # A shell that starts us in the background has SIGINT ignored; an interrupt must pause all the same.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ended = _watch(connected, campaign_id)
    except KeyboardInterrupt:
        _pause(connected, campaign_id)
        return INTERRUPTED
    if ended.reason and ended.state is not CampaignState.FINISHED:
        say(f"{_ENDED[ended.state]} {ended.reason}")
    if report_file:
        from mms.reports.files.report import write_report  # only who wants the file loads what writes workbooks

        write_report(connected.ledger, campaign_id, Path(report_file))
        say(f"The report is in {report_file}.")
    show_result(connected, campaign_id, as_json=as_json)
    return _exit_code(connected, ended)


def show_result(connected: Services, campaign_id: int, *, as_json: bool) -> None:
    """`show` of the campaign, on standard output."""
    with connected.ledger.read() as connection:
        result = show(connection, campaign_id)
    if as_json:
        print_json(result)
    else:
        starts = f", starts {result['start_at']}" if result["start_at"] and not result["started_at"] else ""
        line = f"Campaign {result['id']} “{result['name']}” is {result['state']}{starts}"
        click.echo(f"{line}: {counts_line(result['counts'])}.")


def _watch(connected: Services, campaign_id: int) -> Campaign:
    progress: Progress | None = None
    worker_checked = time.monotonic()
    hanging = HangingWorker(connected.settings)
    heartbeat = Heartbeat(connected.ledger, connected.account.account_sid)
    while True:
        with connected.ledger.read() as connection:
            current = campaign(connection, campaign_id)
            counts = campaign_counts(connection, campaign_id)
        to_send = sum(counts.values()) - counts[RowState.SKIPPED]
        progress = progress or Progress(to_send, "Sending:")
        progress.show(to_send - sum(counts[state] for state in OPEN_ROWS), current.reason or "")
        if current.state in _ENDED:
            progress.end()
            return current
        if time.monotonic() - worker_checked > _CHECK_WORKER_EVERY:
            hanging.end_it(heartbeat.silent_for())
            connected.start_worker()
            worker_checked = time.monotonic()
        time.sleep(_LOOK_EVERY)


def _pause(connected: Services, campaign_id: int) -> None:
    controls.pause(connected.ledger, campaign_id, by=local_person())
    say(f"\nInterrupted. Campaign {campaign_id} is paused; go on with: python -m mms resume {campaign_id}")


def _exit_code(connected: Services, ended: Campaign) -> int:
    match ended.state:
        case CampaignState.STOPPED:
            return STOPPED
        case CampaignState.PAUSED:
            return INTERRUPTED
        case CampaignState.FINISHED:
            with connected.ledger.read() as connection:
                return SOME_DID_NOT if left_behind(connection, ended.id) else ALL_WENT_OUT
    return SOME_DID_NOT
