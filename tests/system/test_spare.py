# SPDX-License-Identifier: Apache-2.0
"""Two disks: recording goes on at the spare when the main one stalls, fails, is full or gone, and comes back."""
import os
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urljoin

import pytest

from support.box import wait_for, when
from support.film import make_film

MEMORY = 40 << 20  # what video may grow by: many times what rings and queues hold, less than what comes in meanwhile
HOLE = 1.1  # seconds without a word; less is no gap


def storage(box):
    return box.system()["parts"]["storage"] or {"state": None, "moved_over": None, "disks": []}


def disk(box, role):
    return next(d for d in storage(box)["disks"] if d["role"] == role)


def records_to(box, role, seconds=40):
    """Waits until what is recorded now goes to that disk."""
    wait_for(lambda: box.camera("cam1").get("disk") == role, seconds, 0.2, f"it records to the {role} disk")
    box.recorded_until("cam1", time.time() + 1, seconds)


def memory(box):
    status = Path(f"/proc/{box.child('video')}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) << 10


def live_goes_on(box):
    live = box.http("GET", "/media/live/cam1?stream=main", stream=True)
    assert live.raw.read(8)[4:8] == b"ftyp"
    live.close()
    assert box.camera("cam1")["state"] == "live"


def holes(box, begin, end):
    """Where the timeline says neither recorded nor why not."""
    line = box.timeline("cam1", begin, end)
    known, found = begin, []
    for part in sorted(line["spans"] + line["gaps"], key=lambda p: when(p["from"])):
        if when(part["from"]) > known + HOLE:
            found.append((known, when(part["from"])))
        known = max(known, when(part["to"]))
    return found + ([(known, end)] if end > known + HOLE else [])


def lost(box, begin):
    """The gaps' seconds and reasons."""
    gaps = box.timeline("cam1", begin)["gaps"]
    return sum(when(g["to"]) - when(g["from"]) for g in gaps), {g["reason"] for g in gaps}


def segments(box, begin, end):
    """Answers for the first bytes of each segment in the range."""
    playlist = box.http("GET", f"/media/playback/cam1/index.m3u8?from={int(begin * 1000)}&to={int(end * 1000)}")
    assert playlist.status_code == 200, playlist.text
    names = dict.fromkeys(line for line in playlist.text.splitlines() if line.endswith(".mp4"))
    return [box.http("GET", urljoin(playlist.url, name).removeprefix(box.url), headers={"Range": "bytes=0-7"}) for name in names]


def film_of(path):
    done = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


def export(box, begin, end, tmp_path):
    """Seconds of film in an export of the range, which must be whole."""
    order = {"clips": [{"camera": "cam1", "from": int(begin * 1000), "to": int(end * 1000)}], "reason": "投诉"}
    made = box.api("POST", "/exports", order)["id"]
    state = wait_for(lambda: (e := box.api("GET", f"/exports/{made}"))["state"] in ("done", "failed") and e, 60, 0.3, "the export ends")
    assert state["state"] == "done", state
    path = tmp_path / f"{made}.zip"
    path.write_bytes(box.http("GET", f"/api/v1/exports/{made}/file").content)
    done = box.command("verify", path, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    folder = tmp_path / made
    subprocess.run(["unzip", "-q", path, "-d", folder], check=True)
    return sum(film_of(part) for part in folder.glob("*.mp4"))


def open_flags(box):
    return {f["kind"] for f in box.api("GET", "/flags?open=1")["items"]}


def clean(box):
    box.stop()
    done = box.check("--deep")
    assert done.returncode == 0, done.stdout


@pytest.fixture
def hall(make_box, tmp_path):
    """Both disks are folders, so that faults can be told to one of them."""
    film = make_film(tmp_path / "film.mp4", kbit=8000, noise=40)
    box = make_box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": f"file:{film}", "counters": ["c1"]}]}, start=False)
    box.main, box.spare = box.folder / "main", box.folder / "spare"
    box.config["storage"] = {"path": str(box.main), "spare_path": str(box.spare), "free_gb": 0.1, "segment_seconds": 2}
    box.write_config()
    box.environment["ASAN_OPTIONS"] += ":quarantine_size_mb=1"  # what was freed is not to count
    box.start()
    box.begin = when(box.recorded_until("cam1", time.time() + 3)["from"])
    return box


def test_a_disk_that_stalls_or_fails_holds_up_nothing(hall, tmp_path):
    children, before = hall.children(), memory(hall)
    assert hall.camera("cam1")["disk"] == "main" and disk(hall, "spare")["state"] == "well" and not storage(hall)["moved_over"]

    # It does not answer at all: for far longer than the test takes, until the fault is taken away.
    stalled = time.time()
    hall.fault(f"archive.fragment@{hall.main} stall 300")
    records_to(hall, "spare")
    assert storage(hall)["moved_over"]["reason"] and storage(hall)["state"] == "recording"
    assert disk(hall, "main")["state"] == "failed" and not disk(hall, "main")["in_use"] and disk(hall, "spare")["in_use"]
    wait_for(lambda: "storage_spare" in open_flags(hall), 10, 0.3, "there is a flag")
    live_goes_on(hall)
    answers = segments(hall, hall.begin, stalled - 2)
    assert answers and {a.status_code for a in answers} == {503}
    assert answers[0].json()["error"]["code"] == "disk_away" and "磁盘" in answers[0].json()["error"]["message"]
    assert hall.http("GET", f"/media/thumbnail/cam1?at={int((stalled - 2) * 1000)}").status_code == 503
    hall.recorded_until("cam1", stalled + 14)
    assert {a.status_code for a in segments(hall, stalled + 8, stalled + 12)} == {206}, "what lies on the spare is played meanwhile"
    assert not holes(hall, hall.begin, stalled + 12)
    assert memory(hall) < before + MEMORY

    # It answers again, and after a while is recorded to again: without a gap, from segment to segment.
    hall.fault()
    records_to(hall, "main")
    assert not storage(hall)["moved_over"]
    wait_for(lambda: not open_flags(hall), 10, 0.3, "the flag is closed")
    back = time.time()
    seconds, reasons = lost(hall, hall.begin)
    assert seconds < 6 and reasons <= {"dropped"}, "the rings held most of it, and the main disk had the rest"
    assert {a.status_code for a in segments(hall, hall.begin, back - 1)} == {206}

    # It fails, and so does the spare: only then it is not recorded, and the reason is written down.
    hall.fault(f"archive.fragment@{hall.main} EIO", f"archive.create@{hall.main} EROFS")
    records_to(hall, "spare", 15)
    hall.fault(f"archive.fragment@{hall.main} EIO", f"archive.fragment@{hall.spare} EIO", f"archive.create@{hall.spare} EROFS")
    wait_for(lambda: storage(hall)["state"] == "failed" and storage(hall)["reason"], 20, 0.2, "both are bad")
    live_goes_on(hall)
    time.sleep(2)
    hall.fault()
    records_to(hall, "main")
    end = time.time()
    hall.recorded_until("cam1", end + 1)
    assert "disk_error" in lost(hall, hall.begin)[1] and not holes(hall, hall.begin, end)
    assert hall.children() == children

    seconds = export(hall, hall.begin, end, tmp_path)
    assert abs(seconds - (end - hall.begin - lost(hall, hall.begin)[0])) < 4
    clean(hall)


def test_a_disk_that_is_slower_than_the_cameras_is_seen(hall):
    """It answers each time, but takes only two thirds of what comes: with the spare one moves over, else there is a flag."""
    hall.fault(f"archive.fragment@{hall.main} stall 0.75")
    records_to(hall, "spare", 90)
    assert disk(hall, "main")["state"] == "slow" and "slower" in storage(hall)["moved_over"]["reason"]
    assert storage(hall)["state"] == "recording" and disk(hall, "spare")["state"] == "well"
    hall.fault(f"archive.open@{hall.spare} EIO", f"archive.fragment@{hall.spare} EIO")
    records_to(hall, "main", 30)
    wait_for(lambda: "storage_slow" in open_flags(hall), 20, 0.3, "there is a flag")
    assert lost(hall, hall.begin)[1] >= {"dropped"}
    hall.fault()
    wait_for(lambda: disk(hall, "spare")["state"] == "well", 20, 0.2, "the spare disk has finished what it had begun")
    clean(hall)


def test_a_stop_or_a_kill_while_moved_over(hall):
    hall.fault(f"archive.open@{hall.main} EIO", f"archive.fragment@{hall.main} EIO")
    records_to(hall, "spare", 15)
    hall.stop()
    hall.start()
    records_to(hall, "spare", 30)
    for end in (hall.power_cut, lambda: os.kill(hall.child("video"), signal.SIGKILL)):
        end()
        if end == hall.power_cut:
            hall.start()
        else:
            time.sleep(1)
        records_to(hall, "spare", 30)
    hall.fault()
    records_to(hall, "main")
    end = time.time()
    hall.recorded_until("cam1", end + 1)
    assert not holes(hall, hall.begin, end) and "box_off" in lost(hall, hall.begin)[1]
    assert {a.status_code for a in segments(hall, hall.begin, end)} == {206}
    clean(hall)


@pytest.fixture
def mounts():
    """Mounts, taken away at the end."""
    made = []

    def mount(place, *words):
        if os.geteuid() != 0 or subprocess.run(["mount", *map(str, words), str(place)], capture_output=True).returncode != 0:
            pytest.skip("needs the right to mount")
        made.append(place)

    def gone(place):
        made.remove(place)
        subprocess.run(["umount", "-l", place], check=True)

    mount.gone = gone
    yield mount
    for place in reversed(made):
        subprocess.run(["umount", "-l", place], check=True)


def test_a_disk_that_goes_or_is_full(make_box, tmp_path, mounts):
    film = make_film(tmp_path / "film.mp4", kbit=8000, noise=40)
    right, wrong, place, spare = (tmp_path / name for name in ("right", "wrong", "main", "spare"))
    for folder in (right, wrong, place, spare):
        (folder / "rec").mkdir(parents=True)
    mounts(right, "-t", "tmpfs", "-o", "size=300m", "tmpfs")
    (right / "rec").mkdir()
    mounts(place, "--bind", right)
    box = make_box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": f"file:{film}", "counters": ["c1"]}],
                    "storage": {"path": str(place / "rec"), "spare_path": str(spare / "rec"), "free_gb": 0.01, "segment_seconds": 2}})
    begin = when(box.recorded_until("cam1", time.time() + 3)["from"])

    mounts.gone(place)
    records_to(box, "spare", 20)
    assert not list((place / "rec").iterdir()), "something was written beside the disk"
    mounts(place, "--bind", wrong)
    wait_for(lambda: "not the storage folder of this box" in (disk(box, "main")["reason"] or ""), 20, 0.2, "the wrong disk is refused")
    assert not list((wrong / "rec").iterdir())
    mounts.gone(place)
    mounts(place, "--bind", right)
    records_to(box, "main")
    assert not holes(box, begin, time.time() - 2) and lost(box, begin)[0] < 6

    # Full of what others wrote, and of what is held: the spare takes over, and nothing is lost. What is held no more goes, and it has room again.
    wait_for(lambda: sum(f.stat().st_size for f in (right / "rec").rglob("*.mp4")) > 20 << 20, 60, 0.5, "there is enough that can go")
    order = {"cameras": ["cam1"], "from": int(begin * 1000) - 60000, "to": int(time.time() * 1000) + 60000, "reason": "投诉"}
    held = box.api("POST", "/holds", order, status=201)["items"][0]["id"]
    wait_for(lambda: any(h["id"] == held and h["state"] == "held" for h in box.api("GET", "/holds")["items"]), 20, 0.2, "it is held")
    subprocess.run(["dd", "if=/dev/zero", f"of={right}/others", "bs=1M"], capture_output=True)
    wait_for(lambda: disk(box, "main")["state"] == "full", 20, 0.2, "it is full")
    records_to(box, "spare", 20)
    assert box.camera("cam1")["recording"] and "disk_full" not in {g["reason"] for g in box.timeline("cam1", begin)["gaps"] if when(g["to"]) - when(g["from"]) > 3}
    box.api("DELETE", f"/holds/{held}", {"why": "已核实"})
    records_to(box, "main", 90)
    (right / "others").unlink()
    clean(box)
