# SPDX-License-Identifier: Apache-2.0
"""The life of a box and of its processes: starting, dying, coming back, ending, and two of them side by side."""
import os
import random
import signal
import socket
import sqlite3
import ssl
import subprocess
import threading
import time
import uuid

import pytest

from support.box import alive, wait_for


@pytest.fixture(scope="module")
def hall(share_box):
    """A box without cameras for the tests that leave it as they found it."""
    return share_box()


def test_two_boxes_side_by_side_keep_their_own_ratings(make_box, hall, make_pad):
    other = make_box({"hall": {"id": "h2", "name": "白河镇为民服务中心"}})
    assert not set(hall.ports) & set(other.ports) and not set(hall.family()) & set(other.family())
    pads = {box: make_pad(box, "p1").wait_connected() for box in (hall, other)}
    pressed = {box: {pads[box].press(level) for level in levels} for box, levels in ((hall, (5, 4)), (other, (1, 2, 3)))}
    for box in pads:
        pads[box].wait_stored(*pressed[box])
    for box in pads:
        assert {r["id"] for r in box.api("GET", "/ratings")["items"]} == pressed[box]
    assert (hall.api("GET", "/session")["hall"]["id"], other.api("GET", "/session")["hall"]["id"]) == ("h1", "h2")
    # A key and a pad's password of the one are nothing to the other.
    assert other.http("GET", "/api/v1/ratings", role=None, headers={"Authorization": f"Bearer {hall.key()}"}).status_code == 401
    stranger = make_pad(other, "p2", password=hall.pad_password("p2"))
    wait_for(lambda: stranger.refused, why="the other box refuses the password")
    # One folder has one box.
    second = hall.command("run", "--config", hall.config_path, "--data", hall.data, check=False)
    assert second.returncode == 1 and "another box runs in this folder" in second.stderr
    assert hall.children()


@pytest.mark.parametrize("victim", ["door", "broker", "video", "desk"])
def test_a_killed_child_comes_back_and_the_others_are_untouched(hall, make_pad, victim):
    pad = make_pad(hall, "p1").wait_connected()
    before = hall.children()
    hall.kill_child(victim)
    after = hall.children()
    assert {name: pid for name, pid in after.items() if name != victim} == {n: p for n, p in before.items() if n != victim}
    assert after[victim] != before[victim]
    rating = pad.press(5)
    pad.wait_stored(rating)
    assert hall.rating(rating)["level"] == 5
    assert pad.connections == (1 if victim != "broker" else 2)


def garbage(seed):
    """Bytes of all kinds that no protocol here begins with, and beginnings that break off."""
    chance = random.Random(seed)
    http = [b"GET / HTTP/1.1\r\nHost: x\r\n", b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\n" + b"X-Long: " + b"b" * 200000 + b"\r\n\r\n", b"\r\n" * 2000,
            b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n{",
            b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}",
            b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nx",
            b"GET /media/segment/../../secrets.json HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /%00%ff HTTP/1.1\r\nHost: x\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + chance.randbytes(300)]
    rtsp = [b"OPTIONS rtsp://127.0.0.1/cam1 RTSP/1.0\r\nCSeq: 1\r\n", b"DESCRIBE " + b"c" * 70000 + b" RTSP/1.0\r\nCSeq: 1\r\n\r\n",
            b"DESCRIBE rtsp://127.0.0.1/cam1 RTSP/1.0\r\nCSeq: 1\r\nAuthorization: Digest username=\"" + b"d" * 50000 + b"\"\r\n\r\n",
            b"SETUP rtsp://127.0.0.1/cam1/stream=0 RTSP/1.0\r\nCSeq: 99999999999999999999\r\n"
            b"Transport: RTP/AVP;client_port=1-0\r\n\r\n",
            b"PLAY rtsp://127.0.0.1/cam1 RTSP/1.0\r\nCSeq: 1\r\nSession: x\r\nContent-Length: 2147483648\r\n\r\n",
            b"$\x00\xff\xff" + chance.randbytes(5000)]
    mqtt = [b"\x10\xff\xff\xff\x7f", b"\x10\x0c\x00\x04MQTT\x04\xc2\x00\x3c\xff\xff", b"\x30\x05\x00\x03a/b",
            b"\x10\x80\x80\x80\x80\x01",
            b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04\xff\xfe\xfd\xfc" + b"\x82\x02\x00\x00", b"\x00" * 4096]
    return http + rtsp + mqtt + [chance.randbytes(size) for size in (1, 7, 64, 1000, 20000)]


def throw(target, data, tls):
    """Sends, reads what comes back within a moment, and hangs up."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    line = socket.socket(socket.AF_UNIX if isinstance(target, str) else socket.AF_INET, socket.SOCK_STREAM)
    try:
        line.settimeout(0.3)
        line.connect(target)
        if tls:
            line = context.wrap_socket(line)
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        while line.recv(65536):
            pass
    except OSError:
        pass
    finally:
        line.close()


def test_hostile_bytes_on_every_socket_end_nothing(hall, make_pad):
    pad = make_pad(hall, "p1").wait_connected()
    before = hall.children()
    door, broker, plain, relay = (("127.0.0.1", port) for port in hall.ports)
    targets = [(door, False), (door, True), (broker, False), (broker, True), (plain, False), (relay, False),
               (str(hall.data / "run/video.sock"), False), (str(hall.data / "run/desk.sock"), False)]

    def attack(index):
        for data in garbage(index):
            throw(targets[index][0], data, targets[index][1])

    attackers = [threading.Thread(target=attack, args=(i,)) for i in range(len(targets))]
    for attacker in attackers:
        attacker.start()
    for attacker in attackers:
        attacker.join()
    assert hall.children() == before
    rating = pad.press(5)
    pad.wait_stored(rating)
    assert hall.rating(rating)["level"] == 5 and hall.api("GET", "/cameras")["items"] == []
    assert hall.system()["parts"]["video"]["up"]
    assert pad.connections == 1


def test_what_the_door_keeps_to_itself_is_not_served(hall):
    for path in ("/internal/auth", "/internal/health", "/recordings/", "/recordings/../secrets.json", "/%2e%2e/secrets.json", "/status",
                 "/media/../status", "/health"):
        answer = hall.http("GET", path, allow_redirects=False)
        assert "desk_password" not in answer.text and "relay_password" not in answer.text
        assert answer.status_code in (400, 401, 403, 404) or "text/html" in answer.headers["Content-Type"], (path, answer.text)
    assert hall.http("GET", "/media/live/none", role=None).status_code == 401
    assert hall.http("PUT", "/holds/x", json={}).status_code in (403, 404, 405)


def test_a_busy_box_ends_within_five_seconds_and_leaves_nothing(make_box, make_camera, make_pad):
    camera = make_camera()
    box = make_box({"cameras": [camera.config("cam1"), camera.config("cam2")]})
    for name in ("cam1", "cam2"):
        box.wait_camera(name)
    pads = [make_pad(box, name).wait_connected() for name in ("p1", "p2")]
    viewers = [box.http("GET", f"/media/live/{name}?stream=main", stream=True) for name in ("cam1", "cam2")]
    viewers.append(box.http("GET", "/api/v1/events", stream=True))
    assert all(viewer.raw.read(8) for viewer in viewers[:2])
    reader = subprocess.Popen(["ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i",
                               f"rtsp://county:relay-password@127.0.0.1:{box.ports[3]}/cam1", "-f", "null", "-"],
                              stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ended = threading.Event()

    def press(pad):
        while not ended.wait(0.01):
            pad.press(4)

    pressers = [threading.Thread(target=press, args=(pad,)) for pad in pads]
    for presser in pressers:
        presser.start()
    try:
        wait_for(lambda: all(len(pad.stored) > 50 for pad in pads), why="presses arrive")
        children = list(box.children().values())
        status, seconds = box.stop()
    finally:
        ended.set()
        for presser in pressers:
            presser.join()
        for viewer in viewers:
            viewer.close()
        reader.kill()
        reader.wait(5)
    assert status == 0 and seconds < 5
    assert not box.family() and not any(alive(pid) for pid in children)
    assert not (box.data / "box.json").exists()
    stored = {rating for pad in pads for rating in pad.stored}
    for pad in pads:
        pad.close()
    assert box.check().returncode == 0
    box.start()
    assert stored <= {r["id"] for r in box.ratings()}


def test_the_supervisor_leaves_no_orphan_and_stops_quickly(make_box):
    box = make_box()
    children = list(box.info()["children"].values())
    os.kill(box.process.pid, signal.SIGKILL)
    box.process.wait(5)
    wait_for(lambda: not any(alive(pid) for pid in children) and not box.family(), 8, why="no orphan")
    box.start()
    status, seconds = box.stop()
    assert status == 0 and seconds < 5
    assert not box.family()


def test_a_power_cut_loses_nothing_that_was_acknowledged(make_box, make_camera, make_pad):
    camera = make_camera()
    box = make_box({"cameras": [camera.config()]})
    box.wait_camera("cam1")
    pad = make_pad(box, "p1").wait_connected()
    ratings = [pad.press(4) for _ in range(20)]
    pad.wait_stored(*ratings)
    box.power_cut()
    pad.close()
    box.start()
    assert box.api("GET", "/ratings?limit=100")["total"] == 20
    box.wait_camera("cam1")
    done = box.check()
    assert done.returncode == 0, done.stdout


def column(box, sql):
    store = sqlite3.connect(box.data / "hall.db", timeout=10)
    try:
        found = store.execute(sql).fetchone()
        store.commit()
        return found and found[0]
    finally:
        store.close()


def test_check_finds_a_figure_that_is_wrong_and_has_it_counted_anew(make_box):
    """And what is folded beside it, the index of words, is searched as well as what is not yet."""
    box = make_box()
    rating = {"id": str(uuid.uuid4()), "level": 5, "counter": "c1", "channel": "terminal", "text": "两个小时以前来过"}
    box.api("POST", "/ratings", {**rating, "at": int((time.time() - 7200) * 1000)})
    box.command("reload", "--data", box.data)  # which looks for what there is to fold
    wait_for(lambda: column(box, "SELECT value = (SELECT max(n) FROM rating) FROM meta WHERE key = 'search_n'"), why="words folded")
    wait_for(lambda: not column(box, "SELECT count(*) FROM figure_stale"), why="hours folded")
    box.api("POST", "/ratings", {**rating, "id": str(uuid.uuid4()), "text": "小时候来过"})
    assert [box.api("GET", f"/ratings?q={text}")["total"] for text in ("两个小时以前", "小时候来", "来过", "没来过")] == [1, 1, 2, 0]
    assert box.check("--deep").returncode == 0

    column(box, "UPDATE figure_cell SET n5 = 4 WHERE kind = 3 AND grain = 0")
    done = box.check()
    assert done.returncode == 1 and "channel terminal: n5 is 4, counted 1" in done.stdout and "--repair" in done.stdout
    assert box.check("--repair").returncode == 1
    box.command("reload", "--data", box.data)
    wait_for(lambda: box.check().returncode == 0, step=1, why="counted anew")
    assert column(box, "SELECT n5 FROM figure_cell WHERE kind = 3 AND grain = 0") == 1
    box.stop()
    assert box.check("--deep").returncode == 0


def test_a_taken_door_port_says_so(make_box, hall):
    other = make_box(start=False)
    other.config["door"]["port"] = hall.ports[0]
    other.write_config()
    other.start(wait=False)
    assert other.process.wait(15) == 1
    assert "door.port" in other.log() and str(hall.ports[0]) in other.log()
    assert not other.family()
