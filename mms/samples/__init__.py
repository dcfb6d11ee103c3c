"""A campaign to try: made-up people (one answers, one opts out), message, picture. Numbers are 555-0100 to -0199."""

from importlib.resources import files

NAME = "Sample: a cup is on us"
FILE_NAME = "sample-recipients.csv"
BODY = (
    "Hi {First Name|there}! Your {Favorite drink|coffee} is on us this weekend at our {City} shop. "
    "Just show this picture. - The Corner Cup. Reply STOP to opt out."
)


def recipients() -> bytes:
    """The file as it could be uploaded."""
    return files("mms.samples").joinpath("recipients.csv").read_bytes()


def picture() -> bytes:
    """A JPEG of 1200 by 900 pixels."""
    return files("mms.samples").joinpath("picture.jpg").read_bytes()
