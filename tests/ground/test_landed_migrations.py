"""A landed migration never changes: databases in the field have been through it as it was."""

import hashlib
from pathlib import Path

import pytest

from mms.ledger.schema import MIGRATIONS

VERSIONS = MIGRATIONS / "versions"
LANDED = Path(__file__).with_name("landed_migrations.txt")  # as `sha256sum 0*.py` writes it


def landed() -> dict[str, str]:
    return {name: digest for digest, name in (line.split() for line in LANDED.read_text("utf-8").splitlines())}


@pytest.mark.parametrize(("name", "digest"), landed().items())
def test_a_landed_migration_is_as_it_was(name: str, digest: str) -> None:
    content = (VERSIONS / name).read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(content).hexdigest() == digest, "write a new migration instead of changing this one"


def test_every_migration_but_the_newest_ones_is_listed() -> None:
    """The newest may still be in work; as soon as others follow, it has landed: add its line."""
    names = sorted(file.name for file in VERSIONS.glob("[0-9]*_*.py"))
    assert set(names) - set(landed()) <= set(names[-5:])
