# SPDX-License-Identifier: Apache-2.0
"""kill -9 at every named step of the archive and of exports: the next start leaves a clean archive, and what had been
written is kept."""
import http.client
import json
import re
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from support.box import PROGRAM, ROOT, alive, wait_for
from support.film import make_film

FRAGMENT = 2 << 20  # more than one of this film has


class Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("video", timeout=10)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(str(self.path))


class Video:
    """The video process of a box, alone."""

    def __init__(self, box):
        self.box = box
        self.process = None
        self.leftovers = []  # what a desk would take up again: here it is ended, for it holds video

    def start(self):
        log = open(self.box.log_path, "ab")
        self.process = subprocess.Popen([PROGRAM, "video", "--data", self.box.data], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                        env={**self.box.environment, "TZ": "Asia/Shanghai"})
        log.close()

    def ask(self, method, path, body=None):
        connection = Unix(self.box.data / "run/video.sock")
        try:
            connection.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def is_recording(self):
        assert self.process.poll() is None, "video ended by itself"
        try:
            while self.leftovers:
                self.ask("DELETE", self.leftovers[-1])
                self.leftovers.pop()
            status = self.ask("GET", "/status")[1]
        except (OSError, http.client.HTTPException):
            return False
        return status["storage"]["state"] == "recording" and status["cameras"][0]["recording"]

    def start_and_record(self):
        self.start()
        wait_for(self.is_recording, 30, why="it records")

    def wait_killed(self):
        assert self.process.wait(40) == -signal.SIGKILL
        assert not self.box.faults.exists(), "it ended elsewhere"

    def kill(self):
        self.process.kill()
        self.process.wait(5)

    def open_file(self):
        """Path and size of the file that was written to last; None: none."""
        with sqlite3.connect(self.box.data / "media.db") as db:
            row = db.execute("SELECT path, storage FROM segment WHERE state = 'open' ORDER BY id DESC").fetchone()
        path = row and (self.box.spare if row[1] else self.box.data / "recordings") / row[0]
        return (path, path.stat().st_size) if path and path.exists() else None


def nothing(video):
    """The step comes by itself while it records and deletes."""


def crash(video):
    """The step comes at the next start, when there is something to recover."""
    video.kill()
    video.start()


def rest(video):
    """As crash, but off for so long that there is a gap."""
    video.kill()
    time.sleep(1.5)
    video.start()


def lose_a_row(video):
    with sqlite3.connect(video.box.data / "media.db", timeout=10) as db:
        db.execute("DELETE FROM segment WHERE id = (SELECT max(id) FROM segment WHERE state = 'done')")
    crash(video)


def ask(video, method, path, body=None):
    try:
        video.ask(method, path, body)
    except (OSError, http.client.HTTPException):
        pass  # it was killed


def hold(video):
    now = int(time.time() * 1000)
    video.leftovers.append("/holds/h1")
    ask(video, "PUT", "/holds/h1", {"camera": "cam1", "from": now - 1000, "to": now, "reason": "manual", "ref": None})


def let_go(video):
    hold(video)
    ask(video, "DELETE", "/holds/h1")


def export(video):
    now = int(time.time() * 1000)
    clip = {"camera": "cam1", "name": "1", "from": now - 4500, "to": now - 500}
    order = {"hall": {"id": "h1", "name": "大厅", "zone": "Asia/Shanghai"}, "who": "u", "reason": "r", "clips": [clip]}
    video.leftovers.append(f"/exports/e{now}")
    ask(video, "PUT", f"/exports/e{now}", order)


STEPS = {
    "archive.place": nothing, "archive.row_open": nothing, "archive.create": nothing, "archive.sync_folder": nothing, "archive.header": nothing,
    "archive.fragment": nothing, "archive.sync": nothing, "archive.sync_file": nothing, "archive.row_done": nothing,
    "archive.garbage": nothing, "archive.unlink": nothing, "archive.sync_unlink": nothing, "archive.garbage_done": nothing,
    "archive.open": crash, "disk.probe": nothing, "archive.cut": crash, "archive.cut_sync": crash, "archive.recovered": crash, "archive.gap": rest, "archive.enter": lose_a_row,
    "archive.hold": hold, "archive.let_go": let_go,
    "export.create": export, "export.write": export, "export.sign": export, "export.rename": export, "export.sync": export,
}


# Of the spare disk, while it takes over from the main one.
MOVES = ["archive.place", "archive.row_open", "archive.create", "archive.sync_folder", "archive.header", "archive.fragment", "archive.sync",
         "archive.sync_file", "archive.row_done"]


def test_every_step_is_in_the_table():
    calls = re.compile(r'(?:fault_at|at_step)\((?:\w+, )?"([a-z_.]+)"')
    named = {name for path in Path(ROOT / "capture").glob("*.c") for name in calls.findall(path.read_text())}
    assert named == set(STEPS)


@pytest.fixture
def video(make_box, tmp_path):
    """It records 1.5 MB/s in files of 2 s and has room for some seconds only: all steps come again and again."""
    film = make_film(tmp_path / "noise.mp4", kbit=12000, noise=60)
    box = make_box({"cameras": [{"id": "cam1", "name": "1", "url": f"file:{film}"}],
                    "storage": {"free_gb": 0.1, "segment_seconds": 2, "quota_gb": 0.016}}, start=False)
    box.spare = box.folder / "spare"
    box.config["storage"]["spare_path"] = str(box.spare)
    box.write_config()
    box.start()
    box.power_cut()
    video = Video(box)
    yield video
    if video.process and alive(video.process.pid):
        video.kill()


def killed_leaves_it_clean(video, step):
    video.wait_killed()
    left = video.open_file()
    video.start_and_record()
    done = video.box.check("--deep")
    assert done.returncode == 0, f"after {step}:\n{done.stdout}"
    if left and left[1] > FRAGMENT:
        path, size = left
        wait_for(lambda: path.stat().st_size > size - FRAGMENT, 1, why=f"after {step} no more is lost than the last fragment")


def test_a_kill_at_any_step_leaves_a_clean_archive(video):
    began = time.time()
    video.start_and_record()
    for step, provoke in STEPS.items():
        if provoke is export:
            wait_for(lambda: time.time() > began + 5, why="there is something to export")
        video.box.fault(f"{step} kill")
        provoke(video)
        killed_leaves_it_clean(video, step)
    assert not list((video.box.data / "exports").glob("*.partial"))


def test_a_kill_while_it_moves_over_or_back_leaves_a_clean_archive(video):
    main = video.box.data / "recordings"
    video.start_and_record()
    for step in MOVES:
        video.box.fault(f"archive.fragment@{main} EIO", f"{step}@{video.box.spare} kill")
        killed_leaves_it_clean(video, f"{step} of the spare disk")
    # It has moved over, and the main disk is opened again, with a segment to recover; then it is recorded to again.
    for step in ("archive.cut", "archive.recovered", "archive.row_open"):
        video.box.fault(f"archive.fragment@{main} EIO", f"archive.header@{main} EIO")
        wait_for(lambda: video.ask("GET", "/status")[1]["storage"]["moved_over"], 20, 0.1, "it has moved over")
        video.box.fault(f"{step}@{main} kill")
        killed_leaves_it_clean(video, f"{step} on the way back")
