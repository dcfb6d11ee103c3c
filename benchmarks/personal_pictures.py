"""Pictures for each person from end to end: names from twelve scripts, processes killed on the way, every code scanned.

    python -m benchmarks.personal_pictures --people 5000 --kills 10 [--samples FOLDER]

A list is sent to the practice Twilio with a picture for each person, served by the dashboard under a public address.
`send` gets SIGKILL while it draws, and the worker while it sends. Then every link that Twilio was given is fetched,
and its code is read by OpenCV, which did not write it, and compared with the code that the ledger gave this person.
Exit code 1 when one is wrong, unreadable or given twice, or somebody got two messages or none.
"""

import argparse
import csv
import hashlib
import io
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import requests
from PIL import Image
from sqlalchemy import func, select

from benchmarks.stage import OVER, recipient, stage_settings, start_worker, state_of
from mms.coupons.making import Pattern
from mms.coupons.pools import make_codes
from mms.delivery.engine.worker_process import worker_environment
from mms.ledger import Ledger, open_ledger
from mms.ledger.tables import campaigns, rows
from mms.media.image.preparing import PreparedPicture
from mms.picture_templates.saved import keep_file, save_template
from mms.picture_templates.template import Box, CodeLayer, PictureTemplate, TextLayer
from mms.practice.testing import PracticeProcess
from mms.roles import LOCAL_ADMIN
from mms.settings import Settings

ROOT = Path(__file__).parents[1]
NAMES = {
    "Latin": "Zoë Nguyễn-Łukasz",
    "Greek": "Γιώργος",
    "Cyrillic": "Дмитрий",
    "Armenian": "Արամ",
    "Georgian": "გიორგი",
    "Hebrew": "שָׁלוֹם",
    "Arabic": "محمد علي",
    "Devanagari": "क्षत्रिय",
    "Thai": "ที่รัก",
    "Han": "王小明",
    "Kana": "さくら",
    "Hangul": "김민준",
}
SIZE = (1080, 1350)
GIVE_UP_SECONDS = 3600.0
_SCALES = (1.0, 0.5, 0.75, 1.5)  # OpenCV finds not every code at every size


@dataclass(slots=True)
class Tally:
    """What came of everything. `wrong`: the picture shows another code than the person was given."""

    people: int = 0
    kills: int = 0
    skipped: int = 0
    messages: int = 0
    wrong: int = 0
    unreadable: int = 0
    codes_twice: int = 0
    messages_twice: int = 0
    missing: int = 0
    seconds_to_draw: float = 0.0
    seconds_to_send: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether everybody got the right picture, once."""
        faults = (self.wrong, self.unreadable, self.codes_twice, self.messages_twice, self.missing, self.skipped)
        return not any(faults)


def run(people: int, kills: int, folder: Path, samples: Path | None, seed: int = 1) -> Tally:
    """The whole way, in `folder`."""
    chance, tally = random.Random(seed), Tally(people=people)
    with PracticeProcess(folder / "practice", time_scale=0) as practice, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        address = practice.address
        settings = stage_settings(
            folder,
            address.base_url,
            address.account_sid,
            address.auth_token,
            mms_rate=0,
            public_base_url=f"http://127.0.0.1:{port}",
            mms_settle_seconds=2,
        )
        ledger = open_ledger(settings)
        # A `send` that is killed while it writes keeps its codes: nobody must ever get them.
        _template(ledger, people * (kills + 2))
        with _serving(settings, port):
            campaign = _launch(settings, ledger, folder, people, kills // 2, chance, tally)
            _send(settings, ledger, campaign, kills, chance, tally)
            _compare(ledger, campaign, practice, tally, samples)
        ledger.close()
    return tally


def _template(ledger: Ledger, codes: int) -> None:
    file = io.BytesIO()
    Image.effect_noise(SIZE, 40).convert("RGB").save(file, "JPEG")  # nothing is plain on a photo
    data = file.getvalue()
    prepared = PreparedPicture(data, "image/jpeg", "jpg", hashlib.sha256(data).hexdigest(), *SIZE, 0, *SIZE, ())
    layers = (
        TextLayer(Box(0.05, 0.02, 0.9, 0.25), "{Name}", size=0.08, colour="#ffffff", outline="#000000"),
        CodeLayer(Box(0.15, 0.32, 0.7, 0.6), "{coupon}", "qr"),
    )
    make_codes(ledger, "Codes", Pattern("AUT-*********"), codes, by=LOCAL_ADMIN)
    save_template(
        ledger, "Coupon", PictureTemplate(keep_file(ledger, prepared, by=LOCAL_ADMIN), layers, "Codes"), by=LOCAL_ADMIN
    )


@contextmanager
def _serving(settings: Settings, port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    environment = {**worker_environment(settings), "MMS_WORKER": "service"}
    with (settings.data_dir / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--server.address=127.0.0.1"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            yield
        finally:
            server.terminate()
            server.wait(30)


def _launch(
    settings: Settings, ledger: Ledger, folder: Path, people: int, kills: int, chance: random.Random, tally: Tally
) -> int:
    file = folder / "people.csv"
    scripts = list(NAMES.values())
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["Phone", "Name"])
        writer.writerows([recipient(at), f"{scripts[at % len(scripts)]} {at}"] for at in range(people))
    command = [sys.executable, "-m", "mms", "send", str(file), "--body", "Your code: {coupon}"]
    command += ["--picture-template", "Coupon", "--any-hour", "--yes", "--no-wait", "--name", "Coupons"]
    environment = {**worker_environment(settings), "MMS_WORKER": "service"}
    began = time.monotonic()
    for life in [chance.uniform(3.0, 20.0) for _ in range(kills)]:
        with (folder / "send.log").open("ab") as log:
            sending = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            try:
                sending.wait(life)
            except subprocess.TimeoutExpired:
                sending.kill()
                tally.kills += 1
            sending.wait()
        if (launched := _launched(ledger)) is not None:
            return launched
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    tally.seconds_to_draw = round(time.monotonic() - began, 1)
    found = _launched(ledger)
    if found is None:
        raise SystemExit(done.stderr.decode(errors="replace")[-2000:])
    return found


def _launched(ledger: Ledger) -> int | None:
    query = select(campaigns.c.id).where(campaigns.c.state != "draft", campaigns.c.name == "Coupons")
    with ledger.read() as connection:
        return connection.execute(query).scalar()


def _send(settings: Settings, ledger: Ledger, campaign: int, kills: int, chance: random.Random, tally: Tally) -> None:
    began = time.monotonic()
    while state_of(ledger, campaign) not in OVER:
        worker = start_worker(settings)
        life = chance.uniform(3.0, 8.0) if tally.kills < kills else GIVE_UP_SECONDS
        end = time.monotonic() + life
        while time.monotonic() < end and state_of(ledger, campaign) not in OVER:
            time.sleep(0.2)
        tally.kills += state_of(ledger, campaign) not in OVER
        worker.kill()
        worker.wait()
    tally.seconds_to_send = round(time.monotonic() - began, 1)


def _compare(ledger: Ledger, campaign: int, practice: PracticeProcess, tally: Tally, samples: Path | None) -> None:
    accepted = [one["form"] for one in practice.remote.requests() if one["sid"]]
    per_person = Counter(form["To"][0] for form in accepted)
    query = select(rows.c.recipient, rows.c.coupon, rows.c.state, rows.c.row_number)
    with ledger.read() as connection:
        found = connection.execute(query.where(rows.c.campaign_id == campaign)).all()
        twice = select(rows.c.coupon).group_by(rows.c.coupon).having(func.count() > 1)
        sent = twice.where(rows.c.campaign_id == campaign, rows.c.coupon.is_not(None))
        tally.codes_twice = len(connection.execute(sent).all())
    codes = {row.recipient: row.coupon for row in found}
    tally.messages = len(accepted)
    tally.skipped = sum(row.state == "skipped" for row in found)
    tally.messages_twice = sum(count > 1 for count in per_person.values())
    tally.missing = sum(per_person[row.recipient] == 0 for row in found if row.state != "skipped")
    with ThreadPoolExecutor(max(2, (os.cpu_count() or 2) - 1)) as pool:
        for form, read in zip(accepted, pool.map(_scanned, accepted), strict=True):
            code = codes[form["To"][0]]
            tally.unreadable += not read
            tally.wrong += bool(read) and read != code
            tally.wrong += code not in form["Body"][0]
    if samples:
        samples.mkdir(parents=True, exist_ok=True)
        for script, form in zip(NAMES, sorted(accepted, key=lambda one: one["To"][0]), strict=False):
            (samples / f"{script}.jpg").write_bytes(requests.get(form["MediaUrl"][0], timeout=60).content)


def _scanned(form: dict[str, Any]) -> str:
    answer = requests.get(form["MediaUrl"][0], timeout=60)
    answer.raise_for_status()
    pixels = np.array(Image.open(io.BytesIO(answer.content)).convert("L"))
    for scale in _SCALES:
        sized = cv2.resize(pixels, None, fx=scale, fy=scale)
        for detector in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()):
            seen, *_ = detector.detectAndDecode(sized)
            if seen:
                return str(seen)
    return ""


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description="Send a picture to each person, kill on the way, scan every code.")
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--samples", type=Path, help="Keep one picture of each script here, to look at.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tally = run(chosen.people, chosen.kills, Path(folder), chosen.samples)
    print(json.dumps({**asdict(tally), "clean": tally.is_clean}))
    sys.exit(not tally.is_clean)


if __name__ == "__main__":
    main()
