"""`join-words`: words that people text to come onto a list."""

from pathlib import Path

import click

from mms.cli.output import print_json, print_table, say
from mms.cli.reading import local_person
from mms.join_words.described import described_words
from mms.join_words.printing import qr_code
from mms.join_words.words import ASK, WELCOME, NewWord, add_word, delete_word, join_word
from mms.lists.saved_lists import list_named
from mms.services import Services, connect


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@click.pass_context
def join_words(context: click.Context, *, as_json: bool) -> None:
    """Show the words that people text to come onto a list, or add one."""
    if context.invoked_subcommand is not None:
        return
    connected = connect()
    with connected.ledger.read() as connection:
        found = described_words(connection, connected.account.account_sid)
    if as_json:
        print_json(found)
    elif found:
        lines = [
            (one["id"], one["word"], one["number"], one["list"] or "", one["joined"], one["link"]) for one in found
        ]
        print_table(("id", "word", "number", "list", "joined", "link"), lines)
    else:
        say("There is no word yet. `python -m mms join-words add JOIN --list NAME` adds one.")


@join_words.command("add")
@click.argument("word")
@click.option("--list", "list_name", required=True, metavar="NAME", help="Where people come who text it.")
@click.option("--number", metavar="N", help="The number that it is texted to; this installation's first otherwise.")
@click.option("--ask", default=ASK, metavar="T", help="What asks for a YES first.")
@click.option("--no-ask", is_flag=True, help="The word alone is enough.")
@click.option("--welcome", default=WELCOME, metavar="T", help="What people get who joined.")
@click.option("--media-url", "media_urls", multiple=True, metavar="U", help="Link to a picture for the welcome.")
def add(
    *, word: str, list_name: str, number: str | None, ask: str, no_ask: bool, welcome: str, media_urls: tuple[str, ...]
) -> None:
    """Let people join the list NAME by texting WORD."""
    connected = connect()
    with connected.ledger.read() as connection:
        list_id = list_named(connection, list_name).id
    new = NewWord(word, number or _first_number(connected), list_id, None if no_ask else ask, welcome, media_urls)
    account_sid = connected.account.account_sid
    made = add_word(connected.ledger, new, account_sid=account_sid, mode=connected.mode, by=local_person())
    say(f"Who texts {word.upper()} to {new.address} comes onto “{list_name}” from now on (word {made}).")


@join_words.command("delete")
@click.argument("word_id", metavar="ID", type=int)
def delete(*, word_id: int) -> None:
    """Nobody joins with it any more; who joined stays in the list."""
    connected = connect()
    with connected.ledger.read() as connection:
        found = join_word(connection, word_id)
    delete_word(connected.ledger, word_id, by=local_person())
    say(f"{found.word.upper()} is deleted.")


@join_words.command("code")
@click.argument("word_id", metavar="ID", type=int)
@click.option("-o", "--output", "output", required=True, type=click.Path(dir_okay=False), metavar="FILE")
def code(*, word_id: int, output: str) -> None:
    """Write the QR code of a word as PNG, for print."""
    with connect().ledger.read() as connection:
        Path(output).write_bytes(qr_code(join_word(connection, word_id)))


def _first_number(connected: Services) -> str:
    numbers = [one for one in connected.senders if not one.startswith("MG")]
    if not numbers:
        raise click.UsageError("Name the number that people text with --number.")
    return numbers[0]
