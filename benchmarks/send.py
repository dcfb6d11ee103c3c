"""How fast a campaign goes out, beside the SDK alone on the same server: `python -m benchmarks.send`.

    python -m benchmarks.send speed [ROWS]     ratio to the SDK's own async client, and to a plain loop
    python -m benchmarks.send sizes            1,000, 10,000 and 100,000 rows: the cost per row must not grow
    python -m benchmarks.send pace             1, 3, 10, 50 and 100 a second, as measured by the server

Both sides talk to the same light server with the same number of requests in flight, one after the other, taking
turns. The SDK's side keeps no ledger at all; ours commits every row before its request. The goals are those of
issue 5: at least 80 % of the SDK, no window of one second above the rate, a mean of at least 99 % of it.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from aiohttp import ClientSession, TCPConnector
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from benchmarks.stage import SENDER, stage_campaign, stage_settings, start_worker, wait_until_over
from mms.ledger import open_ledger

ACCOUNT, TOKEN = "AC" + "0" * 32, "secret"
IN_FLIGHT = 128
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """One run as the server saw it, and what it cost the client's process."""

    per_second: float
    cpu_per_1000: float  # seconds
    peak_mb: float
    arrivals: tuple[float, ...] = ()

    def to_json(self) -> dict[str, float]:
        """Rounded for people."""
        return {
            "per_second": round(self.per_second, 1),
            "cpu_s_per_1000": round(self.cpu_per_1000, 3),
            "peak_mb": round(self.peak_mb),
        }


@contextmanager
def light_server() -> Iterator[str]:
    """The address of a light server in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.light_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.kill()


def take_arrivals(server: str, delay: float = 0.0) -> tuple[float, ...]:
    """When requests arrived since the last call; answers take `delay` seconds from now on."""
    with urllib.request.urlopen(f"{server}/stats?delay={delay}") as answer:
        return tuple(json.load(answer))


def per_second(arrivals: Sequence[float]) -> float:
    """From the first request to the last one."""
    return (len(arrivals) - 1) / (arrivals[-1] - arrivals[0])


def with_ledger(server: str, rows: int, *, delay: float, rate: float = 0.0, in_flight: int = IN_FLIGHT) -> Figures:
    """A campaign through the real worker."""
    with tempfile.TemporaryDirectory() as folder:
        limits = {"mms_rate": rate, "mms_max_in_flight": in_flight}
        settings = stage_settings(Path(folder), server, ACCOUNT, TOKEN, **limits)
        ledger = open_ledger(settings)
        campaign_id = stage_campaign(ledger, settings, rows)
        take_arrivals(server, delay)
        worker = start_worker(settings)
        try:
            process = psutil.Process(worker.pid)
            state = wait_until_over(ledger, campaign_id)
            used, peak = process.cpu_times(), process.memory_info().rss
        finally:
            worker.terminate()
            worker.wait()
            ledger.close()
        arrivals = take_arrivals(server)
        if state != "finished" or len(arrivals) != rows:
            raise SystemExit(f"The campaign ended as {state} with {len(arrivals)} of {rows} requests")
    return Figures(per_second(arrivals), (used.user + used.system) / rows * 1000, peak / 1e6, arrivals)


def without_ledger(server: str, rows: int, *, delay: float, how: str) -> Figures:
    """The SDK alone, in a process of its own."""
    take_arrivals(server, delay)
    command = [sys.executable, "-m", "benchmarks.send", how, server, str(rows)]
    printed = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    cpu, peak = json.loads(printed)
    return Figures(per_second(take_arrivals(server)), cpu / rows * 1000, peak / 1e6)


async def sdk_async(server: str, rows: int) -> None:
    """The SDK's asynchronous client, as its manual shows it, with as many requests in flight as ours."""
    http_client = AsyncTwilioHttpClient(pool_connections=False)
    async with ClientSession(connector=TCPConnector(limit=0)) as session:
        http_client.session = session
        client = Client(ACCOUNT, TOKEN, http_client=http_client)
        client.api.base_url = server
        left = iter(range(rows))

        async def post() -> None:
            for n in left:
                await client.messages.create_async(
                    to="+12025550123",
                    from_=SENDER,
                    body=f"Hello Ann {n}, our autumn sale starts today.",
                    media_url=["https://example.com/sale.jpg"],
                )

        await asyncio.gather(*(post() for _ in range(IN_FLIGHT)))


def sdk_loop(server: str, rows: int) -> None:
    """One after the other, as the first program that everybody writes."""
    client = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=15))
    client.api.base_url = server
    for n in range(rows):
        client.messages.create(
            to="+12025550123",
            from_=SENDER,
            body=f"Hello Ann {n}, our autumn sale starts today.",
            media_url=["https://example.com/sale.jpg"],
        )


def speed(rows: int) -> None:
    """Ratios at 0 and 150 ms, taking turns."""
    with light_server() as server:
        for delay in (0.0, 0.15):
            ours, theirs = [], []
            for _ in range(ROUNDS):
                theirs.append(without_ledger(server, rows, delay=delay, how="sdk"))
                ours.append(with_ledger(server, rows, delay=delay))
            loop = without_ledger(server, 200 if delay == 0 else 30, delay=delay, how="loop")
            ratios = [a.per_second / b.per_second for a, b in zip(ours, theirs, strict=True)]
            print(
                json.dumps(
                    {
                        "answers_ms": delay * 1000,
                        "rows": rows,
                        "in_flight": IN_FLIGHT,
                        "ratio": round(statistics.median(ratios), 2),
                        "ratios": [round(ratio, 2) for ratio in ratios],
                        "with_ledger": ours[-1].to_json(),
                        "sdk_async": theirs[-1].to_json(),
                        "plain_loop": loop.to_json(),
                    }
                ),
                flush=True,
            )


def sizes() -> None:
    """The same work in three sizes."""
    with light_server() as server:
        for rows in (1_000, 10_000, 100_000):
            print(json.dumps({"rows": rows, **with_ledger(server, rows, delay=0.0).to_json()}), flush=True)


def pace() -> None:
    """What the server counts in any second, and the mean, with answers after 150 ms."""
    with light_server() as server:
        for rate, rows in ((1, 30), (3, 60), (10, 200), (50, 1000), (100, 2000)):
            arrivals = with_ledger(server, rows, delay=0.15, rate=rate, in_flight=IN_FLIGHT).arrivals
            busiest = max(sum(start <= at < start + 1.0 for at in arrivals) for start in arrivals)
            mean = per_second(arrivals)
            figures = {"rate": rate, "busiest_second": busiest, "mean": round(mean, 3), "share": round(mean / rate, 4)}
            print(json.dumps(figures), flush=True)


def _alone(how: str, server: str, rows: int) -> None:
    if how == "sdk":
        asyncio.run(sdk_async(server, rows))
    else:
        sdk_loop(server, rows)
    process = psutil.Process()
    used = process.cpu_times()
    print(json.dumps([used.user + used.system, process.memory_info().rss]))


def main(arguments: list[str]) -> None:
    """Choose by the first word."""
    match arguments:
        case ["sdk" | "loop" as how, server, rows]:
            _alone(how, server, int(rows))
        case ["sizes"]:
            sizes()
        case ["pace"]:
            pace()
        case ["speed", rows]:
            speed(int(rows))
        case _:
            speed(10_000)


if __name__ == "__main__":
    main(sys.argv[1:])
