# SPDX-License-Identifier: Apache-2.0
"""The spine of a hall on real parts: camera, broker, pads, cases, relay, recordings, and the bad days."""
import json
import subprocess
import time
import uuid

import pytest

from support.box import FOOTAGE, wait_for


def camera_config(camera, **more):
    return {"id": "cam1", "name": "1号窗口", "url": camera.url(), "sub_url": camera.url("/sub"), "counters": ["c1"], **more}


def invite(box, pad, counter="c1", **more):
    invitation = box.api("POST", "/invitations", {"counter": counter, **more})
    command = pad.wait_command()
    assert command["op"] == "invite" and command["inv"] == invitation["id"]
    return invitation["id"]


def test_live_snapshot_and_relay_show_the_camera(make_box, make_camera):
    camera = make_camera(user="adm", password="p@ss")
    box = make_box({"cameras": [camera_config(camera) | {"url": camera.url("/main", "adm", "p%40ss"),
                                                         "sub_url": camera.url("/sub", "adm", "p%40ss")}]})
    status = box.wait_camera("cam1")
    assert "p@ss" not in json.dumps(status) and "p%40ss" not in json.dumps(status) + box.log()
    live = box.http("GET", "/media/live/cam1?stream=main", stream=True)
    assert live.headers["Content-Type"].startswith('video/mp4; codecs="avc1.')
    assert live.raw.read(8)[4:8] == b"ftyp"
    live.close()
    assert box.http("GET", "/media/snapshot/cam1?width=320").content[:2] == b"\xff\xd8"
    for transport in ("tcp", "udp"):
        probe = subprocess.run(
            ["ffprobe", "-v", "error", "-rtsp_transport", transport, "-show_entries", "stream=codec_name,width", "-of", "csv=p=0",
             f"rtsp://county:relay-password@127.0.0.1:{box.ports[3]}/cam1"], capture_output=True, text=True, timeout=30)
        assert "h264,640" in probe.stdout, probe.stderr
    refused = subprocess.run(["ffprobe", "-v", "error", f"rtsp://county:wrong@127.0.0.1:{box.ports[3]}/cam1"],
                             capture_output=True, text=True, timeout=30)
    assert refused.returncode != 0 and "401" in refused.stderr


@pytest.mark.parametrize("fault", ["kill", "stall"])
def test_a_camera_that_went_away_comes_back(make_box, make_camera, fault):
    camera = make_camera()
    box = make_box({"cameras": [camera_config(camera)]})
    box.wait_camera("cam1")
    if fault == "kill":
        camera.kill()
    else:
        camera.stall()
    gone = wait_for(lambda: (c := box.camera("cam1"))["state"] != "live" and c, 15)
    assert gone["state"] in ("stalled", "backoff", "connecting")
    if fault == "kill":
        camera.start()
    else:
        camera.resume()
    box.wait_camera("cam1", seconds=12)


def test_killed_video_leaves_a_recording_that_plays_and_a_clean_check(make_box, make_camera):
    camera = make_camera()
    box = make_box({"cameras": [camera_config(camera)]})
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
