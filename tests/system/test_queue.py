# SPDX-License-Identifier: Apache-2.0
"""The hall's own queue through the API: screens, who may call where, clerks who call at the same moment."""
import json
import re
import sqlite3
import subprocess
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.box import wait_for, when
from support.person import add_person

QUEUE = {
    "queue": [{"id": "general", "name": "综合业务", "prefix": "A", "counters": ["c1", "c2"]},
              {"id": "social", "name": "社保医保", "prefix": "B", "counters": ["c2"], "priority": False}],
    "calling": {"notice": "请听到叫号后办理"},
}


@pytest.fixture(scope="module")
def hall(share_box):
    return share_box(QUEUE)


def screen(box, page, label="屏幕"):
    return box.api("POST", "/screens", {"label": label, "page": page}, status=201)


def ask(box, method, path, token, body=None):
    return box.http(method, "/api/v1/public/queue" + path, role=None, headers={"Authorization": f"Screen {token}"}, json=body)


def take(box, token, lane="general", **more):
    answer = ask(box, "POST", "/tickets", token, {"id": str(uuid.uuid4()), "lane": lane, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_number_is_taken_called_and_finished(hall):
    token = screen(hall, "take")["token"]
    display = screen(hall, "call", "大屏")["token"]
    offer = ask(hall, "GET", "/lanes", token).json()
    assert [lane["name"] for lane in offer["lanes"]] == ["综合业务", "社保医保"]
    ticket = take(hall, token, priority="elder")
    assert ticket["number"].startswith("A") and ticket["before"] == 0 and ticket["url"].endswith("/ticket/" + ticket["id"])
    assert "<svg" in ticket["svg"]
    # The same request once more is the same number; the telephone sees its place without a login.
    again = ask(hall, "POST", "/tickets", token, {"id": ticket["id"], "lane": "general"}).json()
    assert again["number"] == ticket["number"]
    seen = hall.http("GET", f"/api/v1/public/queue/tickets/{ticket['id']}", role=None)
    assert seen.json()["priority"] == "yes"
    assert seen.status_code == 200 and seen.json()["state"] == "issued" and "case" not in seen.text and "staff" not in seen.text
    called = hall.api("POST", "/queue/counters/c1/next", {})
    assert called["current"]["number"] == ticket["number"]
    calls = ask(hall, "GET", "/calls", display).json()
    assert calls["calls"][0]["number"] == ticket["number"] and calls["calls"][0]["counter"]["name"] == "1号 综合窗口"
    assert calls["notice"] == "请听到叫号后办理"
    act = f"/queue/tickets/{ticket['id']}"
    hall.api("POST", act + "/miss", {"counter": "c1"}, status=409)
    hall.api("POST", act + "/start", {"counter": "c1"})
    hall.api("POST", act + "/finish", {"counter": "c1"})
    steps = hall.api("GET", act)["steps"]
    assert [step["action"] for step in steps] == ["take", "call", "start", "finish"]
    assert steps[0]["user"] == "screen:屏幕"


def test_a_screen_may_do_no_more_than_its_page(hall):
    made = screen(hall, "take")
    token = made["token"]
    assert ask(hall, "GET", "/calls", token).status_code == 401
    assert ask(hall, "GET", "/lanes", "hws_" + "0" * 48).status_code == 401
    assert hall.http("GET", "/api/v1/queue", role=None, headers={"Authorization": f"Screen {token}"}).status_code == 401
    assert hall.http("GET", "/api/v1/public/queue/lanes", role=None).status_code == 401
    listed = hall.api("GET", "/screens")["items"]
    assert token not in str(listed) and next(s for s in listed if s["id"] == made["id"])["seen_at"] is None
    assert ask(hall, "GET", "/lanes", token).status_code == 200
    hall.api("DELETE", f"/screens/{made['id']}")
    assert ask(hall, "GET", "/lanes", token).status_code == 401
    actions = [row["action"] for row in hall.api("GET", "/audit?limit=5")["items"]]
    assert "screen.revoke" in actions and "screen.add" in actions


def test_clerks_who_call_at_the_same_moment_get_different_people(hall):
    token = screen(hall, "take")["token"]
    numbers = {take(hall, token)["number"] for _ in range(12)}

    def work(counter):
        mine = []
        while True:
            at = hall.api("POST", f"/queue/counters/{counter}/next", {})["current"]
            if not at:
                return mine
            mine.append(at["number"])
            hall.api("POST", f"/queue/tickets/{at['id']}/start", {"counter": counter})
    with ThreadPoolExecutor(2) as clerks:
        first, second = clerks.map(work, ["c1", "c2"])
    assert not set(first) & set(second)
    assert set(first) | set(second) == numbers and first and second
    assert first == sorted(first) and second == sorted(second)


def test_staff_call_where_they_are_on_duty(hall):
    clerk = add_person(hall, "clerk", "staff", "1001")
    assert clerk.do("POST", "/queue/counters/c1/next", {}, 403)["error"]["code"] == "duty"
    hall.api("PUT", "/counters/c1/duty", {"staff": {"number": "1001", "name": "王秀兰"}})
    assert clerk.do("POST", "/queue/counters/c1/next", {})["counter"]["id"] == "c1"
    clerk.do("POST", "/queue/counters/c2/next", {}, 403)


def test_a_call_is_real_sound_and_made_once(hall, tmp_path):
    display = screen(hall, "call")["token"]
    number = take(hall, screen(hall, "take")["token"])["number"]
    path = f"/voice?number={number}&counter=c2&language="
    lengths = {}
    for language in ("zh", "en"):
        answer = wait_for(lambda: (a := ask(hall, "GET", path + language, display)).status_code == 200 and a, 20, 0.2, "the sound is made")
        assert answer.headers["Content-Type"] == "audio/wav"
        file = tmp_path / f"{language}.wav"
        file.write_bytes(answer.content)
        done = subprocess.run(["ffmpeg", "-hide_banner", "-i", file, "-af", "volumedetect", "-f", "null", "-"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        loudness = float(re.search(r"max_volume: (-?[\d.]+) dB", done.stderr)[1])
        lengths[language] = float(re.search(r"Duration: 00:00:([\d.]+)", done.stderr)[1])
        assert loudness > -20, "it is silent"
    assert 2 < lengths["zh"] < 10 and 2 < lengths["en"] < 10
    files = list((hall.data / "voice").glob("*.wav"))
    assert ask(hall, "GET", path + "zh", display).status_code == 200
    assert sorted(files) == sorted((hall.data / "voice").glob("*.wav"))
    assert hall.system()["parts"]["voice"] == {"state": "well", "reason": None}
    for wrong in ("/voice?number=x&counter=c1", "/voice?number=A001&counter=c9", "/voice?number=A001%3Brm&counter=c1"):
        assert ask(hall, "GET", wrong, display).status_code == 400


def test_a_machine_of_the_halls_own_tells_of_its_numbers(hall, make_pad):
    machine = make_pad(hall, "queue").wait_connected()
    now = int(time.time() * 1000)

    def told(event, ticket="m-1", number="K007", **more):
        name = str(uuid.uuid4())
        machine.publish("up/ticket", json.dumps({"v": 1, "id": name, "ticket": ticket, "number": number, "event": event, **more}))
        return name

    # Late, twice, and in the wrong order.
    for event, at in (("finished", now - 1000), ("called", now - 60_000), ("called", now - 60_000), ("issued", now - 600_000), ("served", now - 50_000)):
        told(event, at=at, **({"counter": "c1"} if event != "issued" else {}))
    last = told("issued", at=now - 600_000)
    wait_for(lambda: last in machine.duplicates, 10, 0.1, "the repetition is known")
    invitation = hall.api("POST", "/invitations", {"counter": "c1"})
    assert invitation["id"]
    rating = str(uuid.uuid4())
    hall.api("POST", "/ratings", {"id": rating, "level": 5, "counter": "c1", "channel": "terminal", "at": now - 30_000})
    ticket = hall.rating(rating)["ticket"]
    assert (ticket["number"], ticket["state"]) == ("K007", "finished")
    assert when(ticket["called_at"]) == pytest.approx((now - 60_000) / 1000, abs=0.01)
    # What is wrong is said, with the id; the box's own numbers are not its.
    wrong = told("danced")
    wait_for(lambda: any(bad["id"] == wrong and "event" in bad["why"] for bad in machine.bad), 10, 0.1, "it is refused")
    own = take(hall, screen(hall, "take")["token"])
    wrong = told("called", ticket=own["id"])
    wait_for(lambda: any(bad["id"] == wrong for bad in machine.bad), 10, 0.1, "it is refused")
    # A pad may not speak for it.
    pad = make_pad(hall, "p1").wait_connected()
    pad.client.publish(machine.topic("up/ticket"), json.dumps({"v": 1, "id": "x", "ticket": "m-2", "number": "K008", "event": "issued"}), 1)
    told("issued", ticket="m-3", number="K009")
    with sqlite3.connect(f"file:{hall.data}/hall.db?mode=ro", uri=True) as db:
        wait_for(lambda: db.execute("SELECT count(*) FROM ticket WHERE id = 'm-3'").fetchone()[0], 10, 0.1, "the machine's is there")
        assert db.execute("SELECT count(*) FROM ticket WHERE id = 'm-2'").fetchone()[0] == 0
