"""How the pre-flight behaves: every case with its verdict, attempts to misuse it, and thousands of slow links.

python -m benchmarks.media --cases
python -m benchmarks.media --urls 5000 --delay 0.1
"""

import argparse
import asyncio
import multiprocessing
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from mms.media.check.messages import kilobytes
from mms.media.check.preflight import MediaLimits, check_media, check_media_urls
from tests.media import sample_pictures as sample
from tests.media.attempts import ATTEMPTS, Names
from tests.media.media_cases import CASES, serving, verdicts_of_all_cases
from tests.media.media_server import MediaServer, Reply


def main() -> None:
    """Read what to show, and show it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", action="store_true", help="serve every case and print its verdict")
    parser.add_argument("--attempts", action="store_true", help="try to reach a private canary through it")
    parser.add_argument("--urls", type=int, default=5000, help="distinct links")
    parser.add_argument("--delay", type=float, default=0.1, help="seconds before each answer's first byte")
    parser.add_argument("--hosts", type=int, default=1, help="servers that share the links")
    parser.add_argument("--side", type=int, default=800, help="pixels of each picture, both ways")
    options = parser.parse_args()
    if options.cases:
        show_cases()
    elif options.attempts:
        show_attempts()
    else:
        show_many(options.urls, options.delay, options.hosts, options.side)


def show_cases() -> None:
    """A Markdown table; exits with 1 when a verdict is not the expected one."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        verdicts = verdicts_of_all_cases(server)
        here = {address: f"<{name}>" for name, address in server.addresses.items()}
    wrong = 0
    print("| # | Case | Verdict | What happened | What to do |\n|---|---|---|---|---|")
    for number, case in enumerate(CASES, 1):
        verdict = verdicts[case.name]
        wrong += verdict.code != case.code
        advice = verdict.advice or ""
        for address, name in here.items():
            advice = advice.replace(address, name)
        print(f"| {number} | {case.name} | {verdict.code or 'ok'} | {verdict.message} | {advice} |")
    print(f"\n{len(CASES)} cases, {wrong} other than expected")
    sys.exit(wrong > 0)


def show_attempts() -> None:
    """A Markdown table; exits with 1 when the canary was touched."""
    print("| # | Attempt | Link | Verdict |\n|---|---|---|---|")
    with MediaServer({"/": Reply(body=sample.jpeg())}) as canary:
        for number, (link, why) in enumerate(ATTEMPTS, 1):
            url = link.format(port=canary.port)
            resolver = Names(("127.0.0.1",))  # whatever the name: the attacker owns it
            limits = MediaLimits(ports=frozenset({canary.port}))  # or the port alone would keep most of them out
            verdicts = asyncio.run(check_media_urls([url], limits, allow_private=False, resolver=resolver))
            shown = repr(link.replace("{port}", "PORT"))[1:-1]
            print(f"| {number} | {why} | `{shown}` | {verdicts[url].code} |")
        touched = canary.connections
        reached = check_media([f"{canary.base}/"], allow_private=True)[f"{canary.base}/"].ok
    print(f"\n{len(ATTEMPTS)} attempts, {touched} connections to the canary; it can be reached when allowed: {reached}")
    sys.exit(touched > 0 or not reached)


def show_many(urls: int, delay: float, hosts: int, side: int) -> None:
    """Servers run in a process of their own, so that memory and time are the pre-flight's."""
    ours, theirs = multiprocessing.Pipe()
    servers = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs, delay, hosts, side), daemon=True
    )
    servers.start()
    bases = ours.recv()
    links = [f"{bases[number % hosts]}/picture?{number}" for number in range(urls)]
    before = _peak_megabytes()
    start = time.perf_counter()
    verdicts = check_media(links, allow_private=True, on_progress=_draw)
    seconds = time.perf_counter() - start
    ours.send("done")
    servers.join()
    usable = sum(verdict.ok for verdict in verdicts.values())
    pictures = sum(verdict.thumbnail is not None for verdict in verdicts.values())
    size = kilobytes(verdicts[links[0]].bytes or 0)
    print(f"\n{urls} distinct links, {hosts} host(s), {delay * 1000:g} ms before each answer, {size} each")
    print(f"{usable} usable, {pictures} with a thumbnail")
    print(f"{seconds:.1f} s, {urls / seconds:.0f} links a second (HEAD and GET each)")
    print(f"peak memory {_peak_megabytes():.0f} MB, of which {before:.0f} MB before the first link")


def _serve(pipe: Connection, delay: float, hosts: int, side: int) -> None:
    image = sample.noise((side // 8, side // 8)).resize((side, side))  # blurred noise packs about as a photo does
    picture = sample.encode(image, "JPEG", quality=85)
    servers = [MediaServer({"/picture": Reply(body=picture, silent=delay)}) for _ in range(hosts)]
    pipe.send([server.__enter__().base for server in servers])
    pipe.recv()
    for server in servers:
        server.__exit__(None, None, None)


def _draw(done: int, total: int) -> None:
    bar = "#" * (40 * done // max(total, 1))
    print(f"\r[{bar:<40}] {done} of {total}", end="", file=sys.stderr, flush=True)


def _peak_megabytes() -> float:
    if sys.platform == "win32":
        return float("nan")  # Windows keeps no such figure for the standard library
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


if __name__ == "__main__":
    main()
