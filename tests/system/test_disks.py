# SPDX-License-Identifier: Apache-2.0
"""A disk that fails, goes and comes back, or stalls: recording stops with its reason and resumes by itself; all else goes on."""
import os
import subprocess
import time
from pathlib import Path

import pytest

from support.box import wait_for, when
from support.film import make_film

KBIT = 20000  # of the film: 2.5 MB/s
MEMORY = 40 << 20  # what video may grow by: many times what its rings hold, less than what comes in meanwhile


def storage(box):
    return box.system()["parts"]["storage"]


def memory(box):
    status = Path(f"/proc/{box.child('video')}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) << 10


def gaps(box, begin):
    return [gap["reason"] for gap in box.timeline("cam1", begin)["gaps"]]


def all_else_goes_on(box, pad):
    """A live picture and a stored rating while the disk does not serve."""
    live = box.http("GET", "/media/live/cam1?stream=main", stream=True)
    assert live.raw.read(8)[4:8] == b"ftyp"
    live.close()
    assert box.http("GET", "/media/snapshot/cam1").content[:2] == b"\xff\xd8"
    done = subprocess.run(["ffprobe", "-v", "error", "-rtsp_transport", "tcp", "-show_entries", "stream=codec_name", "-of", "csv=p=0",
                           f"rtsp://county:relay-password@127.0.0.1:{box.ports[3]}/cam1"], capture_output=True, text=True, timeout=30)
    assert "h264" in done.stdout, done.stderr
    rating = pad.press(5)
    pad.wait_stored(rating)
    assert box.camera("cam1")["state"] == "live"


@pytest.fixture
def hall(make_box, make_pad, tmp_path):
    film = make_film(tmp_path / "film.mp4", kbit=KBIT, noise=80)
    box = make_box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": f"file:{film}", "counters": ["c1"]}],
                    "storage": {"free_gb": 0.1, "segment_seconds": 2}}, start=False)
    box.environment["ASAN_OPTIONS"] += ":quarantine_size_mb=1"  # what was freed is not to count
    box.start()
    box.pad = make_pad(box, "p1").wait_connected()
    box.begin = when(box.recorded_until("cam1", time.time() + 2)["from"])
    return box


def test_a_disk_that_is_read_only_or_stalls(hall):
    children, before = hall.children(), memory(hall)

    hall.fault("archive.fragment EROFS", "archive.cut EROFS", "archive.create EROFS")
    wait_for(lambda: storage(hall)["state"] == "failed" and "Read-only" in storage(hall)["reason"], 20, 0.2, "the status names the reason")
    all_else_goes_on(hall, hall.pad)
    hall.fault()
    hall.recorded_until("cam1", time.time() + 1, 30)
    assert "disk_error" in gaps(hall, hall.begin)

    # Every write takes 10 s: what is missed is dropped, and counted, and no memory is taken for it.
    hall.fault("archive.fragment stall 10")
    stalled = time.time()
    wait_for(lambda: time.time() > stalled + 9, 20, 0.5, "it is stalled for long")
    all_else_goes_on(hall, hall.pad)
    answer = hall.api("POST", "/holds", {"cameras": ["cam1"], "from": int(hall.begin * 1000), "to": int(hall.begin * 1000) + 500, "reason": "投诉"})
    wait_for(lambda: "fragments not recorded" in hall.log(), 40, 0.5, "what was dropped is told")
    assert memory(hall) < before + MEMORY
    hall.fault()
    hall.recorded_until("cam1", time.time() + 1, 40)
    assert "dropped" in gaps(hall, stalled - 5)
    held = answer["items"][0]["id"] if "items" in answer else answer["id"]
    wait_for(lambda: any(h["id"] == held and h["state"] == "held" for h in hall.api("GET", "/holds")["items"]), 40, 0.5, "held after the stall")
    assert hall.children() == children
    hall.stop()
    done = hall.check("--deep")
    assert done.returncode == 0, done.stdout


@pytest.fixture
def disks(tmp_path):
    """A place where disks can be mounted, and the disks."""
    place, made = tmp_path / "disk", []
    (place / "rec").mkdir(parents=True)  # where recordings must never land while no disk is mounted there

    def mount(what=None):
        words = ["mount", "--bind", what, place] if what else ["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", place]
        if os.geteuid() != 0 or subprocess.run(words, capture_output=True).returncode != 0:
            pytest.skip("needs the right to mount")
        made.append(place)
        return place

    def unmount():
        subprocess.run(["umount", "-l", made.pop()], check=True)

    mount.gone = unmount
    yield mount
    while made:
        unmount()


def test_a_disk_that_goes_and_comes_back(make_box, make_pad, tmp_path, disks):
    film = make_film(tmp_path / "film.mp4")
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    for disk in (right, wrong):
        (disk / "rec").mkdir(parents=True)
    place = disks(right)
    box = make_box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": f"file:{film}", "counters": ["c1"]}],
                    "storage": {"path": str(place / "rec"), "free_gb": 0.01, "segment_seconds": 2}})
    pad = make_pad(box, "p1").wait_connected()
    begin = when(box.recorded_until("cam1", time.time() + 3)["from"])
    children = box.children()

    disks.gone()  # nothing is mounted there now: an empty folder of another disk
    wait_for(lambda: storage(box)["state"] == "failed", 20, 0.2, "the status says that the disk is gone")
    all_else_goes_on(box, pad)
    assert not list((place / "rec").iterdir()), "something was written beside the disk"

    disks(wrong)  # another disk: not ours
    wait_for(lambda: "not the storage folder of this box" in (storage(box)["reason"] or ""), 20, 0.2, "the wrong disk is refused")
    assert not list((wrong / "rec").iterdir())
    disks.gone()

    disks(right)
    box.recorded_until("cam1", time.time() + 1, 30)
    assert "disk_error" in gaps(box, begin)
    assert len(box.timeline("cam1", begin)["spans"]) >= 2 and box.children() == children
    box.stop()
    done = box.check("--deep")
    assert done.returncode == 0, done.stdout
