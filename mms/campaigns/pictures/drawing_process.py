"""A process that draws: reads what to draw from its input, writes what became of it to its output, part by part."""

import pickle
import sys

from mms.campaigns.pictures.drawing_all import draw_part


def main() -> None:
    """Ends when everything is drawn, or when nobody listens any more."""
    painter, parts, folder = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by the process that started us
    for part in parts:
        pickle.dump(draw_part(painter, part, folder), sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
