# SPDX-License-Identifier: Apache-2.0
"""Cameras of all kinds: live, recorded, gone and back; and what their recordings hold."""
import json
import re
import subprocess
import time

import pytest

from support.box import FOOTAGE, wait_for, when
from support.film import make_film

SECRETS = ("p@ss", "p%40ss", "wr0ng-secret")


LIVE = ("digest", "digest-libav", "hevc", "hevc-libav", "udp", "udp-libav", "mute", "file")


@pytest.fixture(scope="module")
def hall(share_box, share_camera, tmp_path_factory):
    """Three cameras of different makes as entries for both readers, and a file; all are recorded."""
    film = make_film(tmp_path_factory.mktemp("film") / "film.mp4")
    aac = share_camera(audio="aac", user="adm", password="p@ss")
    alaw = share_camera(audio="pcma", codec="h265")
    mulaw = share_camera(audio="pcmu")
    wrong = aac.url("/main", "adm", "wr0ng-secret")
    box = share_box({"cameras": [
        aac.config("digest"), aac.config("digest-libav", reader="libav"),
        alaw.config("hevc"), alaw.config("hevc-libav", reader="libav"),
        mulaw.config("udp", transport="udp"), mulaw.config("udp-libav", transport="udp", reader="libav"),
        mulaw.config("mute", audio=False),
        {"id": "file", "name": "影片", "url": f"file:{film}"},
        {"id": "wrong", "name": "口令错误", "url": wrong}, {"id": "wrong-libav", "name": "口令错误", "url": wrong, "reader": "libav"}]})
    for name in LIVE:
        box.wait_camera(name)
    for name in LIVE:
        box.recorded_until(name, time.time() + 2)
    return box


def probe(box, path):
    """Codec names of what an address gives, video first."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-headers", f"Authorization: Bearer {box.key()}\r\n", "-analyzeduration", "1500000",
         "-show_entries", "stream=codec_name", "-of", "json", box.url + path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return sorted((s["codec_name"] for s in json.loads(done.stdout)["streams"]), key=lambda name: name == "aac")


# camera, its video, what its sound becomes
KINDS = [("digest", "h264", ["aac"]), ("digest-libav", "h264", ["aac"]), ("hevc", "hevc", ["aac"]),
         ("hevc-libav", "hevc", ["aac"]), ("udp", "h264", ["aac"]), ("udp-libav", "h264", ["aac"]), ("mute", "h264", []),
         ("file", "h264", [])]


@pytest.mark.parametrize("camera, video, sound", KINDS, ids=[kind[0] for kind in KINDS])
def test_a_camera_of_each_kind_is_live_and_recorded(hall, camera, video, sound):
    status = hall.camera(camera)
    assert status["state"] == "live" and status["recording"] and status["reason"] is None
    assert (status["main"]["codec"], status["main"]["width"]) == ({"hevc": "h265"}.get(video, video), 640)
    live = hall.http("GET", f"/media/live/{camera}?stream=main", stream=True)
    assert live.headers["Content-Type"].startswith(f'video/mp4; codecs="{"hvc1." if video == "hevc" else "avc1."}')
    assert ("mp4a.40.2" in live.headers["Content-Type"]) == bool(sound)
    assert live.raw.read(8)[4:8] == b"ftyp"
    live.close()
    assert probe(hall, f"/media/live/{camera}?stream=main") == [video, *sound]
    now = time.time()
    playback = f"/media/playback/{camera}/index.m3u8?from={int((now - 3600) * 1000)}&to={int(now * 1000)}"
    assert probe(hall, playback) == [video, *sound]
    picture = hall.http("GET", f"/media/snapshot/{camera}?width=320")
    assert picture.status_code == 200 and picture.content[:2] == b"\xff\xd8"


def test_a_wrong_password_is_named_and_shown_to_nobody(hall):
    for name in ("wrong", "wrong-libav"):
        wrong = wait_for(lambda: (c := hall.camera(name))["state"] == "backoff" and c, why="it waits before it tries again")
        assert wrong["reason"] == "password" and not wrong["recording"]
    refused = hall.http("GET", "/media/live/wrong?stream=main")
    assert refused.status_code == 503 and "user name or password" in refused.json()["error"]["message"]
    answers = [hall.http("GET", "/api/v1" + path).text for path in ("/cameras", "/system", "/overview", "/counters", "/audit")]
    answers += [hall.http("GET", "/media" + path).text for path in ("/live/digest?stream=none", "/snapshot/wrong")]
    answers += [refused.text, hall.log(), (hall.data / "box.json").read_text()]
    assert not [secret for secret in SECRETS for text in answers if secret in text]
    assert "camera=wrong" in hall.log()


def test_what_a_camera_has_not_is_said(hall):
    assert hall.http("GET", "/media/live/file?stream=sub").status_code in (404, 503)
    assert hall.http("GET", "/media/live/nobody?stream=main").status_code == 404
    assert hall.http("GET", "/media/snapshot/nobody").status_code == 404
    nothing = hall.http("GET", "/media/playback/digest/index.m3u8?from=1000&to=2000")
    assert nothing.status_code == 404 and "timeline" in nothing.json()["error"]["message"]


def test_the_sub_stream_is_live_beside_main(hall):
    status = hall.camera("hevc")
    assert (status["sub"]["codec"], status["sub"]["width"]) == ("h264", 320)
    assert probe(hall, "/media/live/hevc?stream=sub")[0] == "h264"


def by_both(camera):
    """One camera, read by both."""
    return {"cameras": [camera.config("cam1"), camera.config("cam2", counters=(), reader="libav")]}


def test_a_camera_that_was_away_is_recorded_within_five_seconds_of_its_return(make_box, make_camera):
    camera = make_camera()
    box = make_box(by_both(camera))
    begin = {name: when(box.recorded_until(name, time.time() + 1)["from"]) for name in ("cam1", "cam2")}
    camera.kill()
    for name in begin:
        gone = wait_for(lambda: (c := box.camera(name))["state"] in ("backoff", "connecting") and c, 15)
        assert gone["reason"]
    # Away so long that the waits between the tries have become their longest.
    for name in begin:
        wait_for(lambda: re.search(f"camera={name} stream=main .*failures=4", box.log()), 40, why="many tries")
    camera.options["codec"] = "h265"  # its owner has changed it meanwhile
    camera.start()
    back = time.time()
    for name in begin:
        box.recorded_until(name, back + 1)
        timeline = box.timeline(name, begin[name] - 60)
        assert len(timeline["spans"]) == 2 and [gap["reason"] for gap in timeline["gaps"]] == ["camera_offline"], timeline
        assert when(timeline["spans"][1]["from"]) - back <= 5
        assert box.wait_camera(name)["main"]["codec"] == "h265"


def test_a_camera_that_stops_sending_is_seen_and_comes_back(make_box, make_camera):
    camera = make_camera()
    box = make_box(by_both(camera))
    for name in ("cam1", "cam2"):
        box.wait_camera(name)
    camera.stall()
    for name in ("cam1", "cam2"):
        gone = wait_for(lambda: (c := box.camera(name))["state"] != "live" and c, 15)
        assert gone["state"] in ("stalled", "backoff", "connecting") and gone["reason"]
        assert box.http("GET", f"/media/live/{name}?stream=main").status_code == 503
    camera.resume()
    for name in ("cam1", "cam2"):
        box.wait_camera(name, seconds=12)
        box.recorded_until(name, time.time())


def test_killed_video_leaves_a_recording_that_plays_and_a_clean_check(make_box, make_camera):
    camera = make_camera()
    box = make_box({"cameras": [camera.config()]})
    box.wait_camera("cam1")
    time.sleep(5)
    desk = box.child("desk")
    box.kill_child("video")
    assert box.child("desk") == desk
    box.wait_camera("cam1")
    time.sleep(2)
    assert box.check("--deep").returncode == 0, box.check("--deep").stdout
    first = sorted((box.data / "recordings").rglob("*.mp4"))[0]
    probe = subprocess.run(["ffprobe", "-v", "error", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0",
                            first], capture_output=True, text=True, timeout=30)
    assert probe.stderr == "" and int(probe.stdout.strip().split(",")[0]) > 20


@pytest.mark.skipif(not FOOTAGE.exists(), reason=f"{FOOTAGE.name} is not there")
def test_real_footage_as_an_rtsp_camera(make_box, make_camera):
    camera = make_camera(file=FOOTAGE)
    box = make_box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": camera.url(), "counters": ["c1"]}]})
    status = box.wait_camera("cam1")
    assert (status["main"]["width"], status["main"]["codec"]) == (768, "h264")
    assert box.http("GET", "/media/snapshot/cam1").content[:2] == b"\xff\xd8"
