# SPDX-License-Identifier: Apache-2.0
"""The config: what is wrong with it is said at once and in full, and a changed one comes into force without an interruption."""
import signal
import time

import pytest

from support.box import wait_for, when
from support.film import make_film

WRONG = """\
hall:
  id: H 1
  nmae: 青石镇
door: {address: 127.0.0.1, port: 70000}
storage:
  days: soon
  quota_gb: 80x
counters:
  - {id: c1, name: 1号窗口, kind: special}
  - {id: c1, name: 2号窗口}
pads:
  - {id: p1, counter: c9}
cameras:
  - {id: cam1, name: 大厅, url: "http://camera/", transport: carrier}
"""

# line, key, what was found, what is allowed (or another word of advice)
MISTAKES = [
    (2, "hall.id", "H 1", "a-z"),
    (3, "hall.nmae", "unknown key", "did you mean name?"),
    (4, "door.port", "70000", "1 to 65535"),
    (6, "storage.days", "soon", "1 to 3650"),
    (7, "storage.quota_gb", "80x", "gigabytes"),
    (9, "counters[0].kind", "special", "frequent"),
    (10, "counters[1].id", "c1", "an id of its own"),
    (12, "pads[0].counter", "c9", "the id of a counter"),
    (14, "cameras[0].url", "http://camera/", "rtsp://"),
    (14, "cameras[0].transport", "carrier", "tcp or udp"),
]


@pytest.mark.parametrize("command", ["check-config", "run"])
def test_a_wrong_config_is_told_all_its_mistakes_at_once(make_box, command):
    box = make_box(start=False)
    box.config_path.write_text(WRONG)
    words = [box.config_path] if command == "check-config" else ["--config", box.config_path, "--data", box.data]
    done = box.command(command, *words, check=False)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    for line, key, found, allowed in MISTAKES:
        place = f"{box.config_path}:{line}: {key}: "
        told = [text for text in lines if text.startswith(place)]
        assert len(told) == 1 and found in told[0] and allowed in told[0], (place, lines)
    assert len(lines) == len(MISTAKES), lines
    assert not box.family() and not (box.data / "box.json").exists()


def test_a_good_config_is_called_good(make_box):
    box = make_box(start=False)
    done = box.command("check-config", box.config_path)
    assert "is good" in done.stdout and "2 counters, 2 pads" in done.stdout


class Viewer:
    """Somebody who watches a live stream and notes when it ends."""

    def __init__(self, box, name):
        self.answer = box.http("GET", f"/media/live/{name}?stream=main", stream=True)
        assert self.answer.status_code == 200
        self.bytes = 0

    def more(self):
        """Waits for new video of this same connection."""
        data = self.answer.raw.read(20000)
        assert len(data) == 20000, "the live stream ended"
        return data

    def read_until(self, moment):
        while time.time() < moment:
            self.more()


def test_a_reload_does_not_interrupt_what_did_not_change(make_box, make_camera, make_pad, tmp_path):
    camera, film = make_camera(), make_film(tmp_path / "film.mp4")
    c1, c2 = {"id": "c1", "name": "1号 综合窗口"}, {"id": "c2", "name": "2号 高频窗口"}
    stays = camera.config("stays", counters=["c1"])
    changes = {"id": "changes", "name": "改前", "url": camera.url("/sub"), "counters": ["c2"]}
    goes = {"id": "goes", "name": "拆除", "url": f"file:{film}"}
    box = make_box({"cameras": [stays, changes, goes], "counters": [c1, c2, {"id": "c3", "name": "3号 咨询"}],
                    "pads": [{"id": "p1", "counter": "c1"}, {"id": "p2", "counter": "c2"}, {"id": "p3", "counter": "c3"}]})
    for name in ("stays", "changes", "goes"):
        box.wait_camera(name)
    pads = {name: make_pad(box, name).wait_connected() for name in ("p1", "p2", "p3")}
    begin = when(box.recorded_until("stays", time.time())["from"])
    viewer, children = Viewer(box, "stays"), box.children()
    viewer.more()

    done = box.change(
        cameras=[stays, changes | {"name": "改后", "url": f"file:{film}"},
                 {"id": "comes", "name": "新装", "url": camera.url("/sub")}],
        counters=[c1, c2 | {"name": "2号 新名"}, {"id": "c4", "name": "4号 出件", "kind": "pickup"}],
        pads=[{"id": "p1", "counter": "c1"}, {"id": "p2", "counter": "c4"}, {"id": "p4", "counter": "c2"}])
    assert "3 cameras, 3 counters, 3 pads" in done.stdout
    wait_for(lambda: [c["id"] for c in box.api("GET", "/cameras")["items"]] == ["stays", "changes", "comes"], why="new cameras")
    wait_for(lambda: (c := box.camera("changes"))["name"] == "改后" and (c["main"] or {}).get("width") == 640 and c["recording"],
             why="the changed camera is shown as it is now")
    wait_for(lambda: box.wait_camera("comes")["recording"], why="the new camera is recorded")
    assert [c["name"] for c in box.api("GET", "/counters")["items"]] == [c1["name"], "2号 新名", "4号 出件"]
    assert [(p["id"], p["counter"]) for p in box.api("GET", "/pads")["items"]] == [("p1", "c1"), ("p2", "c4"), ("p4", "c2")]

    # Who is new may come in, who was taken out is put out, who was moved is told.
    newcomer = make_pad(box, "p4").wait_connected()
    rating = newcomer.press(3)
    newcomer.wait_stored(rating)
    assert box.rating(rating)["counter"] == {"id": "c2", "name": "2号 新名"}
    wait_for(lambda: pads["p3"].refused, why="p3 is put out")
    assert box.command("pad", "password", "p3", "--data", box.data, check=False).returncode == 1
    wait_for(lambda: pads["p2"].config and pads["p2"].config["counter"]["id"] == "c4", why="p2 is told its counter")

    # What did not change goes on: the recording without a gap, the viewer and the pads on their connections.
    later = time.time() + 3
    viewer.read_until(later)
    box.recorded_until("stays", later)
    recorded = box.timeline("stays", begin)
    assert len(recorded["spans"]) == 1 and recorded["gaps"] == [], recorded
    assert (pads["p1"].connections, pads["p2"].connections) == (1, 1)
    assert box.children() == children


def test_a_bad_file_is_refused_and_the_old_one_stays_in_force(make_box, make_pad):
    box = make_box()
    pad = make_pad(box, "p1").wait_connected()
    in_force = (box.data / "run/hallwatch.yaml").read_text()
    good, broken = box.config_path.read_text(), "counters: [{id: c1, name: 一, kind: odd}]\npads: [{id: p1, counter: c7}]\n"

    box.config_path.write_text(broken)
    done = box.command("reload", "--data", box.data, check=False)
    assert done.returncode == 1 and "the config in force stays" in done.stderr
    for place in ("hallwatch.yaml:1: counters[0].kind: ", "hallwatch.yaml:2: pads[0].counter: "):
        assert place in done.stderr
    # Who sends the signal without the command finds it in the log.
    box.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "is refused; the config in force stays" in box.log(), why="the log says so")
    assert "hallwatch.yaml:2: pads[0].counter: " in box.log()

    # A good file that a reload cannot apply is refused as well.
    box.config_path.write_text(good.replace(f"port: {box.ports[3]}", "port: 1"))
    done = box.command("reload", "--data", box.data, check=False)
    assert done.returncode == 1 and "relay.port: is changed, which a reload cannot apply" in done.stderr

    assert (box.data / "run/hallwatch.yaml").read_text() == in_force
    assert [p["id"] for p in box.api("GET", "/pads")["items"]] == ["p1", "p2"]
    rating = pad.press(5)
    pad.wait_stored(rating)
    assert pad.connections == 1

    # The signal alone puts a good file in force.
    box.config["counters"][0]["name"] = "改名窗口"
    box.write_config()
    box.process.send_signal(signal.SIGHUP)
    wait_for(lambda: box.api("GET", "/counters")["items"][0]["name"] == "改名窗口", why="the new name")


def test_reload_without_a_box_says_so(make_box):
    box = make_box(start=False)
    done = box.command("reload", "--data", box.data, check=False)
    assert done.returncode == 1 and "no box is ready in this folder" in done.stderr
