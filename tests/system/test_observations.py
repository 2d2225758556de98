# SPDX-License-Identifier: Apache-2.0
"""What is seen on pictures, from the broker to a flag: docs/observations.md."""
import json
import threading
import time

import paho.mqtt.client as mqtt
import pytest

from support.box import wait_for


class Eye:
    """Whoever looks at pictures, as docs/observations.md has it."""

    def __init__(self, box, user="eye", password=None):
        secrets = json.loads((box.data / "secrets.json").read_text())
        self.hall, self.connected, self.code = box.config["hall"]["id"], threading.Event(), None
        self.client = mqtt.Client(client_id=f"eye-{time.monotonic_ns()}", protocol=mqtt.MQTTv5)
        self.client.username_pw_set(user, password or secrets["eye_password"])
        self.client.on_connect = self.on_connect
        self.client.on_publish = lambda *args: None
        self.client.connect("127.0.0.1", box.ports[2])
        self.client.loop_start()
        assert self.connected.wait(10)

    def on_connect(self, client, data, flags, code, properties=None):
        self.code = int(code.value)
        self.connected.set()

    def say(self, camera, kind, seconds_ago=0.0, retain=False, **more):
        text = json.dumps({"v": 1, "at": int((time.time() - seconds_ago) * 1000), "kind": kind, **more})
        self.send(f"video/{camera}/obs", text, retain)

    def send(self, leaf, text, retain=False):
        self.client.publish(f"hall/v1/{self.hall}/{leaf}", text, 1, retain).wait_for_publish(5)

    def end(self):
        self.client.loop_stop()
        self.client.disconnect()


@pytest.fixture(scope="module")
def hall(share_box):
    # The camera itself is away: what is seen is said by others here.
    cameras = [{"id": f"cam{n}", "name": f"{n}号", "url": "rtsp://127.0.0.1:9/x", "counters": []} for n in (1, 2, 3)]
    return share_box({"rules": {"picture_minutes": 1, "crowd_minutes": 1, "crowd_people": 10}, "cameras": cameras})


@pytest.fixture
def eye(hall):
    one = Eye(hall)
    yield one
    one.end()


def flags(hall, kind):
    return hall.api("GET", f"/flags?kind={kind}")["items"]


def test_a_covered_camera_is_told_of_and_ends_by_itself(hall, eye):
    eye.say("cam1", "covered", seconds_ago=90, valid=600)
    wait_for(lambda: [f["state"] for f in flags(hall, "camera_covered")] == ["raised"], 10, why="it is raised")
    [flag] = flags(hall, "camera_covered")
    assert flag["camera"] == "cam1" and flag["evidence"]["minutes"] == 1
    eye.say("cam1", "clear")
    wait_for(lambda: [f["state"] for f in flags(hall, "camera_covered")] == ["closed"], 10, why="it ends")


def test_a_crowd_comes_at_its_moment_by_time_alone(hall, eye):
    """Said once, well before it is due: nobody says anything more."""
    eye.say("cam1", "people", seconds_ago=57, zone="waiting", value=11, valid=600)
    wait_for(lambda: len(flags(hall, "slow_crowd")) == 1, 20, why="it is raised when its minute is over")
    [flag] = flags(hall, "slow_crowd")
    assert flag["evidence"]["people"] == 11 and flag["evidence"]["zone"] == "waiting"


def test_what_is_hostile_or_not_allowed_does_nothing(hall, eye):
    before = len(hall.api("GET", "/flags")["items"])
    for text in ("", "{", "[]", '{"v":1}', "x" * 100_000, '{"v":1,"at":1,"kind":"people","zone":"../etc","value":1}',
                 json.dumps({"v": 1, "at": 1, "kind": "covered"}), "\x00\xff" * 50):
        eye.send("video/cam1/obs", text)
    eye.say("cam9", "covered", seconds_ago=90, valid=600)
    eye.say("cam9", "covered", seconds_ago=1, valid=600)
    eye.say("cam1", "frozen", seconds_ago=3600, valid=600)
    eye.say("cam1", "frozen", seconds_ago=-60, valid=600)
    # The eye may say what is seen, and nothing else.
    eye.send("p1/up/rating", json.dumps({"v": 1, "id": "6f1c2d3e-4a5b-4c6d-8e7f-901234567890", "boot": "b", "seq": 1, "lvl": 1, "age": 0}))
    eye.say("cam2", "moved", seconds_ago=90, valid=600)
    wait_for(lambda: len(flags(hall, "camera_moved")) == 1, 10, why="what is well is still taken")
    assert len(hall.api("GET", "/flags")["items"]) == before + 1
    assert hall.api("GET", "/ratings")["items"] == []


def test_a_pad_may_not_say_what_is_seen(hall, eye):
    pad = Eye(hall, user="p1", password=hall.pad_password("p1"))
    pad.say("cam3", "blurred", seconds_ago=90, valid=600)
    pad.end()
    wrong = Eye(hall, password="wrong")
    assert wrong.code != 0
    wrong.end()
    time.sleep(0.5)
    assert flags(hall, "camera_blurred") == []
    eye.say("cam3", "blurred", seconds_ago=80, valid=600)
    wait_for(lambda: len(flags(hall, "camera_blurred")) == 1, 10, why="the eye may")
