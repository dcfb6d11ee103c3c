"""Which campaign a program's call made: the same call twice is one campaign."""

import hashlib


def request_key_of(key_name: str, mode: str, idempotency_key: str) -> str:
    """The same for the same key, so that a repeated call finds its first campaign."""
    return hashlib.sha256(f"{key_name}\n{mode}\n{idempotency_key}".encode()).hexdigest()
