# SPDX-License-Identifier: Apache-2.0
"""Room for recordings runs out: the oldest goes first, what is held stays, ratings go on, and the box says so."""
import os
import shutil
import subprocess
import time
from urllib.parse import urljoin

import pytest

from support.box import wait_for, when
from support.film import make_film

KBIT = 12000  # of the film: 1.5 MB/s


@pytest.fixture
def camera(tmp_path):
    """A camera whose video needs much room."""
    film = make_film(tmp_path / "noise.mp4", kbit=KBIT, noise=60)
    return {"id": "cam1", "name": "1号窗口", "url": f"file:{film}", "counters": ["c1"]}


def storage(box):
    return box.system()["parts"]["storage"]


def hold_a_clip(box, pad):
    """A bad rating and its clip once that is recorded and held."""
    rating = pad.press(1)
    pad.wait_stored(rating)
    box.recorded_until("cam1", when(box.rating(rating)["clip"]["to_at"]))
    wait_for(lambda: box.rating(rating)["clip"]["held"] == "held", why="the clip is held")
    return box.rating(rating)["clip"]


def plays(box, clip):
    """Whether each segment of a clip can be fetched."""
    playlist = box.http("GET", clip["playback"])
    names = {line for line in playlist.text.splitlines() if line.endswith(".mp4")}
    parts = [box.http("GET", urljoin(clip["playback"], name), headers={"Range": "bytes=0-7"}) for name in names]
    return bool(parts) and all(part.status_code == 206 and part.content[4:8] == b"ftyp" for part in parts)


def test_the_oldest_goes_first_and_what_is_held_stays(make_box, make_pad, camera):
    box = make_box({"cameras": [camera], "storage": {"segment_seconds": 2, "quota_gb": 0.018, "free_gb": 0.1},
                    "rules": {"clip_before_seconds": 2, "clip_after_seconds": 1}})
    pad = make_pad(box, "p1").wait_connected()
    begin = when(box.recorded_until("cam1", time.time())["from"])
    box.recorded_until("cam1", begin + 6)  # some segments that the clip does not need
    clip = hold_a_clip(box, pad)
    held = when(clip["from_at"]), when(clip["to_at"])

    # So long that the quota has been used up and the unheld ones before and after the clip are gone.
    wait_for(lambda: any(when(s["from"]) > held[1] + 4 for s in box.timeline("cam1", begin)["spans"]), 60, 0.3, "older video goes")
    spans = [(when(s["from"]), when(s["to"])) for s in box.timeline("cam1", begin)["spans"]]
    assert spans[0][0] > begin and spans[0][0] <= held[0] and spans[0][1] >= held[1]
    assert plays(box, clip)
    assert storage(box)["state"] == "recording" and storage(box)["used_bytes"] < 24e6

    # Now nothing unheld may stay: recording stops and says so, all else goes on.
    children = box.children()
    box.change(storage=box.config["storage"] | {"free_gb": 90000})
    wait_for(lambda: storage(box)["state"] == "disk_full", why="the status says that the disk is full")
    assert storage(box)["reason"] and "NOT RECORDING, disk_full" in box.log()
    shown = wait_for(lambda: not (c := box.camera("cam1"))["recording"] and c, why="the camera is shown as not recorded")
    assert shown["state"] == "live"
    live = box.http("GET", "/media/live/cam1?stream=main", stream=True)
    assert live.raw.read(8)[4:8] == b"ftyp"
    live.close()
    ratings = [pad.press(level) for level in (5, 1)]
    pad.wait_stored(*ratings)
    assert [(when(s["from"]), when(s["to"])) for s in box.timeline("cam1", begin)["spans"]] == [spans[0]] and plays(box, clip)

    # With room again it is recorded again, by the same processes. (A gap shorter than a second would not be one.)
    wait_for(lambda: "disk_full" in [gap["reason"] for gap in box.timeline("cam1", begin)["gaps"]], why="the gap is seen")
    box.change(storage=box.config["storage"] | {"free_gb": 0.1})
    box.recorded_until("cam1", time.time() + 1)
    assert "disk_full" in [gap["reason"] for gap in box.timeline("cam1", begin)["gaps"]]
    assert box.children() == children and plays(box, clip)
    box.stop()
    done = box.check("--deep")
    assert done.returncode == 0, done.stdout


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 48 MB of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", place]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(path):
    """Takes all room that is left."""
    with open(path, "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 65536):
                pass
        except OSError:
            pass


def test_a_disk_filled_by_others_stops_the_recording_and_nothing_else(make_box, make_pad, camera, small_disk):
    box = make_box({"cameras": [camera], "rules": {"clip_before_seconds": 2, "clip_after_seconds": 1},
                    "storage": {"path": str(small_disk / "rec"), "segment_seconds": 2, "free_gb": 0.004}})
    begin = when(box.recorded_until("cam1", time.time() + 3)["from"])
    pad = make_pad(box, "p1").wait_connected()
    clip, children = hold_a_clip(box, pad), box.children()
    end = time.monotonic() + 40
    while storage(box)["state"] != "disk_full":
        fill(small_disk / "others")
        assert time.monotonic() < end, "the disk is not said to be full"
        fill(small_disk / f"more-{time.monotonic()}")
    assert not wait_for(lambda: not (c := box.camera("cam1"))["recording"] and c)["recording"]
    rating = pad.press(2)
    pad.wait_stored(rating)
    assert box.children() == children and plays(box, clip)
    for other in (*small_disk.glob("others"), *small_disk.glob("more-*")):
        other.unlink()
    box.recorded_until("cam1", time.time() + 1, seconds=30)
    assert plays(box, clip) and "disk_full" in [gap["reason"] for gap in box.timeline("cam1", begin)["gaps"]]
    assert box.children() == children
    box.stop()
    done = box.check("--deep")
    assert done.returncode == 0, done.stdout


def test_a_press_on_a_full_disk_is_stored_once_there_is_room(make_box, make_pad, small_disk):
    box = make_box(start=False)
    box.data = small_disk / "d"
    box.start()
    pad = make_pad(box, "p1").wait_connected()
    first = pad.press(5)
    pad.wait_stored(first)
    fill(small_disk / "others")
    waiting = {pad.press(1 + i % 5) for i in range(60)}
    wait_for(lambda: "not stored" in box.log(), why="the log says that the store refuses")
    children = box.children()
    assert not waiting <= set(pad.stored)
    (small_disk / "others").unlink()
    pad.wait_stored(*waiting, seconds=30)
    assert box.children() == children
    assert {r["id"] for r in box.ratings()} == waiting | {first}
    box.stop()
    assert box.check().returncode == 0
    shutil.rmtree(box.data)
