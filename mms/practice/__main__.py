"""`python -m mms.practice`: the practice Twilio as a process of its own."""

import argparse
from pathlib import Path

from mms.practice.server import IDLE_SECONDS, serve


def main() -> None:
    """Read the arguments and serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m mms.practice", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0, help="0: the port of last time, or any free one")
    parser.add_argument("--time-scale", type=float, default=1.0, help="0.1: messages move on ten times as fast")
    parser.add_argument("--inbound-url", default="", help="webhook that is told of replies")
    parser.add_argument("--leave-when-idle", action="store_true", help="end after half an hour without requests")
    args = parser.parse_args()
    serve(
        args.port,
        args.data_dir,
        time_scale=args.time_scale,
        inbound_url=args.inbound_url,
        idle_seconds=IDLE_SECONDS if args.leave_when_idle else None,
    )


if __name__ == "__main__":
    main()
