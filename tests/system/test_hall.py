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


def test_a_bad_rating_stands_beside_case_and_clip(make_box, make_camera, make_pad):
    camera = make_camera()
    box = make_box({"cameras": [camera_config(camera)], "rules": {"clip_before_seconds": 4, "clip_after_seconds": 2}})
    box.wait_camera("cam1")
    pad = make_pad(box, "p1").wait_connected()
    box.api("PUT", "/cases/QS-1", {"item": {"code": "1", "name": "老年人优待证办理"}, "unit": "民政办", "kind": "promised",
                                   "limit_days": 5, "counter": "c1", "applicant": "张小三"})
    time.sleep(6)
    inv = invite(box, pad, case="QS-1")
    rating = pad.press(2, inv=inv, tags=["213"], text="等了很久")
    pad.wait_stored(rating)
    got = box.rating(rating)
    assert got["level"] == 2 and got["case"]["number"] == "QS-1" and got["counter"]["id"] == "c1"
    assert got["case"]["applicant"].startswith("张") and "小三" not in got["case"]["applicant"]
    assert got["clip"]["camera"] == "cam1"
    wait_for(lambda: box.rating(rating)["clip"]["held"] == "held", why="the clip is held")
    time.sleep(4)
    playlist = box.http("GET", got["clip"]["playback"])
    assert playlist.status_code == 200 and "#EXT-X-MAP" in playlist.text
    name = next(line for line in playlist.text.splitlines() if line.endswith(".mp4"))
    part = box.http("GET", name if name.startswith("/") else "/media/segment/cam1/" + name.rsplit("/", 1)[-1],
                    headers={"Range": "bytes=0-7"})
    assert part.status_code == 206 and part.content[4:8] == b"ftyp"


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


@pytest.mark.parametrize("victim", ["broker", "desk"])
def test_every_press_arrives_once_although_a_part_is_killed(make_box, make_pad, victim):
    box = make_box()
    pads = [make_pad(box, name).wait_connected() for name in ("p1", "p2")]
    sent = []
    for i in range(40):
        for pad in pads:
            sent.append((pad, pad.press(5 - i % 5)))
        if i == 20:
            box.kill_child(victim, wait=False)
        time.sleep(0.02)
    for pad, rating in sent:
        pad.wait_stored(rating, seconds=40)
    listed = box.api("GET", "/ratings?limit=200")
    assert listed["total"] == len(sent) and {r["id"] for r in listed["items"]} == {rating for _, rating in sent}


def test_bad_messages_are_answered_and_nothing_else_happens(make_box, make_pad):
    box = make_box()
    pad = make_pad(box, "p1").wait_connected()
    good = {"v": 1, "id": str(uuid.uuid4()), "boot": "b", "seq": 1, "lvl": 3, "age": 0, "clk": "none"}
    broken = ["{", "[]", json.dumps(good | {"lvl": 9}), json.dumps(good | {"lvl": "5"}), json.dumps(good | {"text": "x" * 9000})]
    for message in broken:
        pad.publish("up/rating", message)
    pad.wait_bad(len(broken))
    assert all(bad["why"] for bad in pad.bad)
    pad.publish("up/rating", json.dumps(good))
    pad.wait_stored(good["id"])
    assert box.api("GET", "/ratings")["total"] == 1


def test_a_pad_cannot_write_as_another(make_box, make_pad):
    box = make_box()
    pad = make_pad(box, "p1").wait_connected()
    message = {"v": 1, "id": str(uuid.uuid4()), "boot": "b", "seq": 1, "lvl": 1, "age": 0, "clk": "none"}
    pad.publish("hall/v1/h1/p2/up/rating", json.dumps(message))
    mine = pad.press(5)
    pad.wait_stored(mine)
    time.sleep(1)
    assert [r["id"] for r in box.api("GET", "/ratings")["items"]] == [mine]


def test_repeated_unknown_and_missing_invitations_are_kept_and_marked(make_box, make_pad):
    box = make_box()
    pad = make_pad(box, "p1").wait_connected()
    inv = invite(box, pad, case="not-known")
    first, second, unknown, none = pad.press(5, inv=inv), pad.press(4, inv=inv), pad.press(3, inv=str(uuid.uuid4())), pad.press(2)
    pad.wait_stored(first, second, unknown, none)
    assert "unknown_case" in box.rating(first)["marks"]
    assert "repeated" in box.rating(second)["marks"] and not box.rating(second)["is_counted"]
    assert "unknown_invitation" in box.rating(unknown)["marks"]
    assert "no_invitation" in box.rating(none)["marks"]


def test_an_overdue_case_raises_one_red_flag_also_over_a_restart(make_box):
    box = make_box()
    box.api("PUT", "/cases/OLD-1", {"item": {"code": "1", "name": "食品小作坊登记"}, "unit": "市场监管所", "kind": "promised",
                                    "limit_days": 1, "counter": "c1", "applicant": "李四", "accepted_at": "2026-10-12T09:00:00+08:00"})
    red = lambda: [f for f in box.api("GET", "/flags")["items"] if f["kind"] == "case_red"]
    wait_for(red, 10)
    assert box.api("GET", "/cases/OLD-1")["grade"] == "red"
    box.stop()
    box.start()
    time.sleep(2)
    assert len(red()) == 1


def test_half_a_broken_csv_is_taken(make_box):
    box = make_box()
    rows = ("办件编号,事项编码,事项名称,部门,办件类型,承诺时限,窗口\n"
            "CSV-1,11,残疾人证办理,残联,承诺件,5,c1\nCSV-2,11,残疾人证办理,残联,承诺件,很多,c1\n")
    (box.data / "inbox").mkdir(exist_ok=True)
    (box.data / "inbox/today.csv").write_bytes(rows.encode("gb18030"))
    wait_for(lambda: list((box.data / "inbox/done").glob("*")), 15, why="the file is moved")
    wait_for(lambda: box.http("GET", "/api/v1/cases/CSV-1").status_code == 200, 10)
    assert box.http("GET", "/api/v1/cases/CSV-2").status_code == 404
    assert "承诺时限" in (box.data / "inbox/done/today.csv.rejected.csv").read_text()


@pytest.mark.skipif(not FOOTAGE.exists(), reason=f"{FOOTAGE.name} is not there")
def test_real_footage_as_an_rtsp_camera(make_box, make_camera):
    camera = make_camera(file=FOOTAGE)
    box = make_box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": camera.url(), "counters": ["c1"]}]})
    status = box.wait_camera("cam1")
    assert (status["main"]["width"], status["main"]["codec"]) == (768, "h264")
    assert box.http("GET", "/media/snapshot/cam1").content[:2] == b"\xff\xd8"
