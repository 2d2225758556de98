# SPDX-License-Identifier: Apache-2.0
"""The demonstration hall, as a person who tries the project starts it."""
import json
import os
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from support.box import ENVIRONMENT, PROGRAM, Box, alive, free_ports, wait_for

CAMERAS = ("cam-c12", "cam-c34", "cam-c58", "cam-hall")


def four_ports_in_a_row():
    """The first of four that nobody listens on."""
    while True:
        first = free_ports(1)[0]
        taken = []
        try:
            for port in range(first, first + 4):
                taken.append(socket.create_server(("127.0.0.1", port)))
            return first
        except OSError:
            continue
        finally:
            for one in taken:
                one.close()


def session(leader):
    """All processes that a command started, however they are related now."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, session_id = int(stat.parent.name), int(stat.read_text().rsplit(")", 1)[1].split()[3])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if session_id == leader and alive(pid):
            found.append(pid)
    return found


def ask(box):
    """What a director sees of the hall."""
    paths = {"ratings": "/ratings?limit=200", "cases": "/cases?limit=200", "red": "/flags?kind=case_red", "queue": "/queue", "cameras": "/cameras",
             "pads": "/pads", "overview": "/overview"}
    return {name: box.api("GET", path, role="director") for name, path in paths.items()}


def test_a_minute_of_the_demonstration_hall():
    with tempfile.TemporaryDirectory(prefix="hw-", dir="/tmp") as folder:
        box = Box(start=False)
        box.data = Path(folder)
        door, broker, plain, relay = box.ports
        with open(box.log_path, "wb") as log:
            ports = {"door": door, "broker": broker, "plain": plain, "relay": relay, "camera": four_ports_in_a_row()}
            words = [word for name, port in ports.items() for word in (f"--{name}-port", str(port))]
            box.process = subprocess.Popen(
                [PROGRAM, "demo", "run", "--data", folder, "--minutes", "1", "--speed", "3", "--address", "127.0.0.1", *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=ENVIRONMENT)
        try:
            wait_for(lambda: box.info().get("children") or box.process.poll() is not None, 60, why="the box is ready")
            assert box.process.poll() is None, box.log()

            online, offline = set(), set()

            def played():
                seen = ask(box)
                online.update(pad["id"] for pad in seen["pads"]["items"] if pad["online"])
                offline.update(pad["id"] for pad in seen["pads"]["items"] if pad["id"] in online and not pad["online"])
                done = (seen["ratings"]["total"] > 5 and seen["red"]["total"] > 0 and len(online) == 8 and offline and
                        all(camera["state"] == "live" and camera["recording"] for camera in seen["cameras"]["items"]))
                return done and seen

            seen = wait_for(played, 55, 0.5, "ratings, an overdue case, a pad without network, and all cameras recorded")
            assert sorted(camera["id"] for camera in seen["cameras"]["items"]) == sorted(CAMERAS)
            assert seen["cases"]["total"] > 5
            lanes = seen["queue"]["lanes"]
            assert len(lanes) == 5 and sum(lane["taken"] for lane in lanes) > 8 and sum(lane["served"] for lane in lanes) > 0
            assert {"finished"} < {case["state"] for case in seen["cases"]["items"]}
            assert any(rating["case_number"] for rating in seen["ratings"]["items"])
            assert any(rating["clip"] for rating in seen["ratings"]["items"])
            cards = box.api("GET", "/cards?limit=20")["items"]
            assert sorted(card["state"] for card in cards) == ["counted"] * 4 + ["waiting"] * 2
            complaints = box.api("GET", "/complaints?open=1")
            assert complaints["counts"]["waits"] == 3 and sum(bool(one["happened_at"]) for one in complaints["items"]) == 1
            work = {row["rating"][-4:]: row["state"] for row in box.api("GET", "/rectifications?open=1")["items"] if row["rating"].startswith("00000000-")}
            assert work.items() >= {"0300": "calling", "0301": "fixing", "0302": "verifying", "0303": "judging", "0305": "telling"}.items(), work
            assert any(row["rating"].endswith("0304") for row in box.api("GET", "/rectifications")["items"]), "one is closed"
            named = box.rating("00000000-0000-4000-8000-000000000300")
            assert named["rater"]["phone"] == "199****0001" and named["follow_up"]["level"] == 4
            calls = box.api("GET", "/callbacks")
            assert [(row["name"], row["tries"]) for row in calls["items"]] == [("孙*芳", 1)] and len(calls["done"]) == 1
            assert box.api("GET", "/painpoints")["counts"]["total"] == 8
            assert {kind: box.api("GET", f"/master/{kind}")["total"] for kind in ("items", "staff", "villages")} == {"items": 42, "staff": 14, "villages": 12}
            assert box.api("GET", "/roster")["total"] > 0
            assert box.http("GET", "/api/v1/public/figures", role=None).status_code == 200
            assert seen["overview"]["cameras"] == {"up": 4, "of": 4} and seen["overview"]["ratings"]["good"]["of"] > 0
            # The demonstration, the box and its four children, four cameras.
            assert len(session(box.process.pid)) >= 10
            assert box.process.wait(90) == 0, box.log()
            assert not session(box.process.pid)
        finally:
            for pid in session(box.process.pid):
                os.kill(pid, signal.SIGKILL)
        assert box.check().returncode == 0
        for camera in CAMERAS:
            assert list((box.data / "recordings" / camera).rglob("*.mp4"))
        assert json.loads((box.data / "demo.json").read_text())["key"] not in box.log()
        box.close()
