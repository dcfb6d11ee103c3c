"""Whether the secret that signs the cookies of sign-in can be guessed."""

from mms.errors import MmsError

_SHORTEST = 32
_FEWEST = 10  # different characters; random hexadecimal digits have 12 and more


def require_strong_secret(secret: str) -> None:
    """Whoever guesses it signs a cookie as anybody.

    Raises:
        MmsError: code `weak_secret`, saying how to make one.
    """
    if len(secret) < _SHORTEST or len(set(secret)) < _FEWEST or " " in secret.strip():
        raise MmsError(
            "The cookie_secret in .streamlit/secrets.toml is too weak: whoever guesses it is admin. Make one with "
            '  python -c "import secrets; print(secrets.token_hex(32))"  and put it there; everybody signs in again.',
            code="weak_secret",
        )
