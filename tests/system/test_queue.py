# SPDX-License-Identifier: Apache-2.0
"""The hall's own queue through the API: screens, who may call where, clerks who call at the same moment."""
import re
import subprocess
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.box import wait_for
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
