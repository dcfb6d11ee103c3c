"""How many creates a second the practice Twilio takes: raw requests over kept connections, every one durable.

Run: python -m benchmarks.practice [--creates 5000] [--in-flight 64]
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from mms.practice.address import PracticeAddress
from mms.practice.testing import PracticeProcess


def _form(number: int, sender: str) -> str:
    return urlencode(
        {
            "To": f"+1{415 + number % 80}555{100 + number % 60:04}",
            "From": sender,
            "Body": f"Hello number {number}, the spring sale starts on Friday. Reply STOP to end.",
            "MediaUrl": "https://example.com/pictures/spring-sale.jpg",
        }
    )


async def _post_all(address: PracticeAddress, creates: int, in_flight: int) -> list[float]:
    """The seconds each create took."""
    url = f"{address.base_url}/2010-04-01/Accounts/{address.account_sid}/Messages.json"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    numbers, took = iter(range(creates)), []

    async def worker(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            started = time.perf_counter()
            async with session.post(url, data=_form(number, address.phone_number), headers=headers) as answer:
                await answer.read()
                assert answer.status == 201, answer.status
            took.append(time.perf_counter() - started)

    headers["Authorization"] = aiohttp.encode_basic_auth(*address.auth)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight)) as session:
        await asyncio.gather(*(worker(session) for _ in range(in_flight)))
    return took


def main() -> None:
    """Start a stand-in of its own, load it, print, and end it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--creates", type=int, default=5000)
    parser.add_argument("--in-flight", type=int, default=64)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, PracticeProcess(Path(folder)) as practice:
        before, started = practice.remote.cpu_seconds(), time.perf_counter()
        took = sorted(asyncio.run(_post_all(practice.address, args.creates, args.in_flight)))
        seconds, cpu = time.perf_counter() - started, practice.remote.cpu_seconds() - before
    print(
        f"{args.creates / seconds:,.0f} creates/s ({args.creates / cpu:,.0f} per second of server CPU), "
        f"median {took[len(took) // 2] * 1e3:.1f} ms, 99 % {took[int(len(took) * 0.99)] * 1e3:.1f} ms, "
        f"slowest {took[-1] * 1e3:.0f} ms"
    )


if __name__ == "__main__":
    main()
