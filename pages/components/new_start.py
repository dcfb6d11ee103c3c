"""What follows when settings were saved."""

from mms.http import new_start


def what_now() -> str:
    """That the app starts anew by itself, or that a person has to."""
    if new_start.is_possible():
        return "The app starts again with what you saved. This page comes back by itself in a few seconds."
    return "Close this window and start the app again: it starts with what you saved."
