"""`export`: everything as tables for other programs."""

from pathlib import Path

import click

from mms import services
from mms.campaigns.records import campaign
from mms.cli.output import say
from mms.data import FORMATS
from mms.data import export as export_tables


@click.command()
@click.option(
    "--campaign", "campaign_ids", type=int, multiple=True, metavar="ID", help="Only this one; may be repeated."
)
@click.option("-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="A folder.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="parquet", show_default=True)
@click.option("--masked", is_flag=True, help="Hide phone numbers and the cells of the lists.")
def export(campaign_ids: tuple[int, ...], output: Path, form: str, *, masked: bool) -> None:
    """Write campaigns, rows, attempts, receipts and replies as files that other programs read."""
    ledger = services.connect().ledger
    with ledger.read() as connection:
        for number in campaign_ids:
            campaign(connection, number)
    counts = export_tables(ledger, output, campaign_ids=campaign_ids, form=form, numbers=not masked)
    for name, count in counts.items():
        say(f"{output / f'{name}.{form}'}: {count:,} lines")
