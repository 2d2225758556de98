# SPDX-License-Identifier: Apache-2.0
"""The box's clock is set while it records: all stays playable in the order of recording, and what a wrong clock has named is marked."""
import subprocess
import time

import pytest

from support.box import wait_for, when
from support.film import make_film

HOUR, DAY = 3600, 86400


@pytest.fixture
def make_hall(make_box, tmp_path):
    def make(*faults):
        film = make_film(tmp_path / "film.mp4")
        box = make_box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": f"file:{film}", "counters": ["c1"]}],
                        "storage": {"free_gb": 0.1, "segment_seconds": 2, "days": 20}}, start=False)
        box.fault(*faults)
        return box.start()
    return make


def recorded(box, begin, seconds):
    """The timeline from begin on, once so much is recorded there (all in Unix seconds)."""
    def look():
        timeline = box.timeline("cam1", begin - 60, begin + 120)
        length = sum(when(s["to"]) - when(s["from"]) for s in timeline["spans"])
        return length >= seconds and timeline
    return wait_for(look, 40, 0.2, f"{seconds} s are recorded there")


def set_clock(box, seconds):
    """Puts the box's clock ahead; returns what it is then."""
    box.fault(f"clock offset {seconds}")
    return time.time() + seconds


def play(box, begin, end):
    """How many seconds a player finds between two moments; it must find no error."""
    link = box.api("GET", f"/playback-link?camera=cam1&from={int(begin * 1000)}&to={int(end * 1000)}", role="viewer")
    done = subprocess.run(["ffmpeg", "-v", "error", "-xerror", "-i", box.url + link["url"], "-f", "null", "-progress", "-", "-"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, done.stderr
    frames = [int(line.split("=")[1]) for line in done.stdout.splitlines() if line.startswith("frame=")]
    return frames[-1] / 10


def delete_what_is_old(box, days):
    """The limits are kept at once when they are changed."""
    box.change(storage={**box.config["storage"], "days": days})
    time.sleep(2)


def test_hours_forwards_and_back_again(make_hall):
    box = make_hall()
    first = time.time()
    recorded(box, first, 9)  # a segment begins well after the moment at which those hours come again
    later = set_clock(box, 3 * HOUR)
    recorded(box, later, 4)
    # Between them no time has passed; what is before the step was named by a clock that was set.
    gap = next(g for g in box.timeline("cam1", first - 60, later + 60)["gaps"] if g["reason"] == "clock_set")
    assert abs(when(gap["to"]) - when(gap["from"]) - 3 * HOUR) < 6
    marks = box.timeline("cam1", first - 60, first + 60)["clock"]
    assert len(marks) == 1 and abs(marks[0]["off_ms"] - 3 * HOUR * 1000) < 1000
    assert box.timeline("cam1", later - 1, later + 60)["clock"] == []
    assert play(box, first - 5, first + 30) >= 3 and play(box, later - 5, later + 2) >= 1

    # Back: now those hours are the wrong ones. So far back that the first seconds come a second time.
    again = set_clock(box, -int(time.time() - first))
    end = again + 4  # recorded then and, by the clock, now
    wait_for(lambda: box.camera("cam1")["last_recorded_at"] and end < when(box.camera("cam1")["last_recorded_at"]) < end + 60, 40, 0.3,
             "it is recorded again")
    assert play(box, first - 60, end) >= 6, "only one of both recordings is played"
    text = box.http("GET", f"/media/playback/cam1/index.m3u8?from={int(first * 1000) - 60000}&to={int(end * 1000)}").text
    moments = [when(line.split(":", 1)[1]) for line in text.splitlines() if line.startswith("#EXT-X-PROGRAM-DATE-TIME")]
    back = [i for i in range(1, len(moments)) if moments[i] < moments[i - 1]]
    assert len(back) == 1, "the order is not that of recording"
    assert "#EXT-X-DISCONTINUITY" in text and "#EXT-X-HALLWATCH-CLOCK" in text
    marks = box.timeline("cam1", later - 1, later + 60)["clock"]
    assert len(marks) == 1 and marks[0]["off_ms"] < -2.9 * HOUR * 1000
    box.fault()
    box.stop()
    done = box.check("--deep")
    assert done.returncode == 0, done.stdout


def test_years_ahead_delete_nothing(make_hall):
    box = make_hall()
    first = time.time()
    before = len(recorded(box, first, 5)["spans"])
    later = set_clock(box, 3650 * DAY)
    recorded(box, later, 2)
    delete_what_is_old(box, 1)
    assert len(recorded(box, first, 4)["spans"]) == before
    assert "nothing is deleted for its age" in box.log()
    box.kill_child("video")  # what is believed outlives it
    recorded(box, later, 8)
    delete_what_is_old(box, 2)
    assert len(recorded(box, first, 4)["spans"]) == before
    set_clock(box, 0)
    recorded(box, time.time(), 2)
    box.stop()
    done = box.check("--deep")
    assert done.returncode == 0, done.stdout


def test_a_box_that_boots_in_1970_and_is_set_right(make_hall):
    box = make_hall()  # once it ran with a good clock, which it knows again later
    recorded(box, time.time(), 2)
    box.stop()
    behind = int(time.time()) - 1000
    box.fault(f"clock offset -{behind}")
    box.start()
    recorded(box, 1000, 5)
    now = set_clock(box, 0)
    recorded(box, now, 4)
    delete_what_is_old(box, 1)
    timeline = recorded(box, 1000, 4)  # it is not 50 years old
    assert len(timeline["clock"]) == 1 and abs(timeline["clock"][0]["off_ms"] - behind * 1000) < 1000
    assert play(box, 990, 1100) >= 3 and play(box, now - 5, now + 2) >= 1
    order = box.api("POST", "/exports", {"clips": [{"camera": "cam1", "from": 1000000, "to": 1004000}], "reason": "核查"}, status=201)
    done = wait_for(lambda: (e := box.api("GET", f"/exports/{order['id']}"))["state"] in ("done", "failed") and e, 40, 0.2)
    assert done["state"] == "done", done
    box.stop()
    checked = box.check("--deep")
    assert checked.returncode == 0, checked.stdout
