# SPDX-License-Identifier: Apache-2.0
"""The HTTP interface as docs/api/openapi.yaml promises it: roles, answers, sessions, and guesses at passwords."""
import json
import time
import uuid

import pytest
import requests

from support import contract
from support.box import hall_day, wait_for
from support.pad import Pad, invite
from support.person import PASSWORD, Person
from support.small_picture import PNG

ROLES = [None, "viewer", "staff", "director", "admin", "system"]
LATE = {"item": {"code": "1", "name": "食品小作坊登记"}, "unit": "市场监管所", "kind": "promised", "limit_days": 1, "counter": "c1",
        "applicant": "李四", "accepted_at": "2026-10-12T09:00:00+08:00"}


@pytest.fixture(scope="module")
def hall(share_box, share_camera, request):
    """A box with one of everything that a route can show, and a person of each role."""
    camera = share_camera()
    box = share_box({"cameras": [camera.config()], "notify": [{"id": "nobody", "url": "http://127.0.0.1:9/", "events": ["rating_bad"]}],
                     "queue": [{"id": "all", "name": "综合", "prefix": "A", "counters": ["c1", "c2"]}]}, start=False)
    box.config["door"] |= {"query_page": True, "board_page": True}
    box.write_config()
    box.start()
    for role in ("viewer", "staff", "director", "admin"):
        box.command("user", "add", f"{role}-person", "--role", role, "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    pad = Pad(box, "p1").wait_connected()
    request.addfinalizer(pad.close)
    box.api("PUT", "/counters/c1/duty", {"staff": {"number": "007", "name": "王芳"}})
    box.api("PUT", "/cases/K-1", LATE)
    box.api("PUT", "/master/items/A-1", {"name": "参保登记", "unit": "人社站", "kind": "instant"})
    box.api("POST", "/cases/K-1/events",
            {"id": "e1", "kind": "paused", "at": "2026-10-12T10:00:00+08:00", "reason": "补材料", "days": 1})
    box.api("PUT", "/tickets/t1", {"number": "A012", "counter": "c1", "case": "K-1", "served": int(time.time() * 1000)})
    box.invitation = invite(box, pad, case="K-1")
    pad.acknowledge(box.invitation)
    box.rated = pad.press(1, inv=box.invitation, tags=["115"], text="态度差")
    plain = pad.press(5)
    box.named = str(uuid.uuid4())
    box.api("POST", "/ratings", {"id": box.named, "level": 5, "counter": "c1", "channel": "mobile", "person": {"phone": "13812345678"}})
    pad.wait_stored(box.rated, plain)
    pad.publish("up/tele", '{"v":1,"queue":0,"battery":80,"clk":"ntp"}')
    def overdue():
        return [flag["id"] for flag in box.api("GET", "/flags")["items"] if flag["kind"] == "case_red"]
    box.flag = wait_for(overdue, why="the flag of the overdue case")[0]
    box.order = str(uuid.uuid4())
    Person(box, "director-person").do("POST", "/orders", {"id": box.order, "ref": "case:K-1", "unit": LATE["unit"], "facts": "超时", "demand": "说明原因"})
    box.verification = "unknown"
    box.api("POST", "/monthly/reports", {"period": hall_day(time.time())[:7]})
    wait_for(lambda: box.api("GET", "/monthly/reports")["items"][0]["state"] == "made", why="a report is kept")
    box.number = str(uuid.uuid4())
    box.api("POST", "/queue/tickets", {"id": box.number, "lane": "all"})
    box.picture, box.card, box.complaint = (str(uuid.uuid4()) for _ in range(3))
    box.http("PUT", f"/api/v1/attachments/{box.picture}", data=PNG)
    box.api("POST", "/cards", {"id": box.card, "number": "1", "day": hall_day(time.time()), "counter": "c2", "level": 1, "scan": box.picture})
    box.message = box.api("POST", "/receivers/nobody/test")["id"]
    complain = {"id": box.complaint, "category": "102", "channel": "letter", "text": "等候太久", "counter": "c1", "happened": int(time.time() * 1000) - 1000,
                "person": {"name": "王小明", "phone": "13812345678"}}
    box.api("POST", "/complaints", complain, role="staff")
    box.window_message = box.http("POST", "/api/v1/one-window/receiveDone", json={}).json()["data"]["id"]
    box.hold = box.api("POST", "/holds", {"cameras": ["cam1"], "from": 1000, "to": 2000, "reason": "试验"})["items"][0]["id"]
    box.wait_camera("cam1")
    wait_for(lambda: box.rating(box.rated)["clip"]["held"] == "held", why="the clip is held")
    began = int(time.time() * 1000) - 1000
    box.recorded_until("cam1", time.time() + 2)
    clips = [{"camera": "cam1", "from": began, "to": began + 1500}]
    box.export, box.ended = (box.api("POST", "/exports", {"clips": clips, "reason": "试验"})["id"] for _ in range(2))
    wait_for(lambda: box.api("GET", f"/exports/{box.export}")["state"] == "done", why="an export is there")
    return box


def place(box, path, role, method="GET"):
    """The path with ids that are there."""
    kind = path.split("/")[3]
    if kind == "playback-link":
        return path + "?camera=cam1"
    if kind == "one-window":
        return path.replace("{id}", box.window_message) + "?why=test"
    if path.endswith("/person"):
        return path.replace("{id}", box.complaint if kind == "complaints" else box.named).replace("{number}", "K-1") + "?why=test"
    if "/queue/" in path:
        return path.replace("{id}", "c2" if "/counters/" in path else box.number).replace("{action}", "recall")
    if path.endswith("/monthly/things"):
        return path + "?figure=filed"
    if kind == "screens":
        return path.replace("{id}", "1")
    if kind == "figures":
        return path + "?by=counter&from=0"
    if kind == "verifications" and method == "GET" and role in ("viewer", "director", "admin"):  # known to who began it
        box.verification = box.api("POST", "/verifications", {"bytes": 1000}, role=role)["id"]
    if kind == "flags" and method == "POST" and role == "staff":  # a flag of his unit alone
        return path.replace("{id}", "none").replace("{action}", "acknowledge")
    ids = {"cameras": "cam1", "counters": "c2", "pads": "p2", "ratings": box.rated, "tickets": "t2", "invitations": box.invitation, "flags": box.flag,
           "holds": box.hold, "exports": box.export if method == "GET" else box.ended, "bookmarks": "unknown", "verifications": box.verification, "cards": box.card, "complaints": box.complaint, "attachments": box.picture, "outbox": box.message, "callbacks": "rating:none", "painpoints": "none", "roster": "none", "monthly": "1", "orders": box.order if method == "GET" and role != "staff" else "none"}
    return path.replace("{receiver}", "nobody").replace("{id}", ids.get(kind, "")).replace("{number}", "K-1").replace("{action}", "acknowledge").replace("{kind}", "items").replace("{key}", "A-1").replace("{code}", "A-1").replace("{year}", "2031")


def body(method, path):
    """A body that the route takes."""
    if method == "PUT" or method == "POST":
        return {"/api/v1/master/{kind}/{key}": {"name": "参保登记", "unit": "人社站", "kind": "instant"}, "/api/v1/counters/{id}/duty": {"staff": {"number": "008", "name": "李明"}}, "/api/v1/cases/{number}": LATE,
                "/api/v1/cases/{number}/events": {"id": uuid.uuid4().hex, "kind": "node", "at": int(time.time() * 1000), "node": "审核"},
                "/api/v1/province/replay": {"from": 0, "to": 1000}, "/api/v1/tickets/{id}": {"number": "A013", "counter": "c2"}, "/api/v1/invitations": {"counter": "c2"},
                "/api/v1/queue/tickets": {"id": str(uuid.uuid4()), "lane": "all"}, "/api/v1/queue/tickets/{id}/{action}": {"counter": "c2"},
                "/api/v1/screens": {"label": "屏", "page": "call"},
                "/api/v1/session": {"name": "nobody", "password": "not the password"},
                "/api/v1/setup": {"code": "0000-0000", "name": "zhuren", "password": PASSWORD}}.get(path, {})
    return None


@pytest.mark.parametrize("role", ROLES, ids=[role or "nobody" for role in ROLES])
def test_each_route_lets_in_whom_the_document_names(hall, role):
    for method, path, operation in contract.operations():
        answer = hall.http(method, place(hall, path, role, method), role=role, json=body(method, path), stream=path.endswith("/events"))
        what = f"{method} {path} by {role}: {answer.status_code}"
        if path == "/api/v1/events" and answer.status_code == 200:
            assert contract.may(operation, role), what
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            answer.close()
            continue
        if contract.may(operation, role):
            # A wrong password and a wrong set-up code are 401 and 403 to everybody.
            assert answer.status_code not in (401, 403) or "anyone" in operation["x-roles"], what + answer.text
            is_of_his_unit = role == "staff" and "/orders/{id}" in path  # a key has none
            if method == "GET" and "anyone" not in operation["x-roles"] and not is_of_his_unit:
                assert answer.status_code == 200, what
        else:
            assert answer.status_code == (401 if role is None else 403), what
            assert answer.json()["error"]["code"] == ("login" if role is None else "role"), what
        contract.check_answer(operation, answer)


@pytest.mark.parametrize("role", ROLES, ids=[role or "nobody" for role in ROLES])
def test_pictures_and_recordings_are_for_those_who_may_watch(hall, role):
    now = int(time.time() * 1000)
    allowed = role in ("viewer", "director", "admin")
    for path in ("/media/snapshot/cam1", f"/media/timeline/cam1?from={now - 60000}&to={now}",
                 f"/media/playback/cam1/index.m3u8?from={now - 60000}&to={now}", "/media/live/cam1?stream=sub", "/media/days/cam1", f"/media/thumbnail/cam1?at={now - 2000}"):
        answer = hall.http("GET", path, role=role, stream=True)
        assert answer.status_code == (200 if allowed else 401 if role is None else 403), (path, role)
        answer.close()


def test_ratings_are_kept_from_staff_and_other_systems(hall):
    for role in ("staff", "system"):
        assert hall.api("GET", "/cases/K-1", role=role)["ratings"] == []
        assert hall.api("GET", f"/invitations/{hall.invitation}", role=role)["rating"] is None
    assert hall.rated in [r["id"] for r in hall.api("GET", "/cases/K-1", role="viewer")["ratings"]]
    assert hall.api("GET", "/counters", role="staff")["items"][0]["today"]["bad"] is None
    assert hall.api("GET", "/counters", role="viewer")["items"][0]["today"]["bad"] == 1


def test_who_watches_is_told_what_changes_and_staff_nothing_of_ratings(hall, make_pad):
    watchers = {role: hall.http("GET", "/api/v1/events", role=role, stream=True, timeout=20) for role in ("viewer", "staff")}
    lines = {role: watcher.iter_lines(chunk_size=1, decode_unicode=True) for role, watcher in watchers.items()}
    pad = make_pad(hall, "p2").wait_connected()
    rating = pad.press(4)
    pad.wait_stored(rating)
    hall.api("PUT", "/cases/SSE-1", LATE)

    def until(role, kind, name):
        """What came before this event, as pairs of event and data."""
        seen, event = [], None
        for line in lines[role]:
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: "):
                seen.append((event, json.loads(line.removeprefix("data: "))))
                if event == kind and seen[-1][1]["id"] == name:
                    return seen
        raise AssertionError(f"the stream ended before {kind} {name}: {seen}")

    assert ("rating", {"id": rating}) in until("viewer", "case", "SSE-1")
    told = until("staff", "case", "SSE-1")
    assert "rating" not in [event for event, _ in told]
    assert any(event == "pad" and data["id"] == "p2" and data["online"] for event, data in told)
    for watcher in watchers.values():
        watcher.close()


def test_every_wrong_call_is_answered_with_a_sentence(hall):
    wrong = [("GET", "/api/v1/ratings/none", None, 404), ("GET", "/api/v1/cases/none", None, 404),
             ("GET", "/api/v1/flags/none", None, 404), ("GET", "/api/v1/nothing", None, 404), ("DELETE", "/api/v1/ratings", None, 405),
             ("GET", "/api/v1/ratings?level=9", None, 400), ("GET", "/api/v1/ratings?limit=0", None, 400),
             ("GET", "/api/v1/ratings?cursor=nonsense", None, 400), ("PUT", "/api/v1/cases/X-1", {}, 400),
             ("PUT", "/api/v1/cases/X-1", [], 400), ("PUT", "/api/v1/cases/" + "x" * 51, LATE, 400),
             ("POST", "/api/v1/invitations", {"counter": "c9"}, 404),
             ("POST", "/api/v1/invitations", {"counter": "c1", "case": "x" * 70000}, 413),
             ("POST", f"/api/v1/flags/{hall.flag}/dismiss", {}, 400),
             ("POST", f"/api/v1/flags/{hall.flag}/close", {"why": "x"}, 409),
             ("POST", "/api/v1/pads/p9/password", {}, 404)]
    for method, path, content, status in wrong:
        answer = hall.http(method, path, json=content)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        assert len(answer.json()["error"]["message"]) > 10 and answer.json()["error"]["code"], answer.text
    assert hall.http("PUT", "/api/v1/cases/X-1", data="number=1").status_code in (400, 415)
    assert hall.http("GET", "/api/v1/cases/X-1").status_code == 404


def test_a_session_is_known_by_its_cookie_and_writes_with_its_token_only(hall):
    person = Person(hall, "staff-person")
    assert person.login.status_code == 200 and person.login.json()["role"] == "staff"
    cookie = person.login.headers["Set-Cookie"]
    assert cookie.startswith("hw_session=") and all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/"))
    assert person.call("GET", "/cameras").status_code == 200 and person.call("GET", "/ratings").status_code == 403
    refused = person.call("PUT", "/cases/S-1", LATE)
    assert refused.status_code == 403 and refused.json()["error"]["code"] == "csrf"
    assert person.call("PUT", "/cases/S-1", LATE, **{"X-CSRF-Token": "0" * len(person.csrf)}).status_code == 403
    assert person.call("PUT", "/cases/S-1", LATE, **{"X-CSRF-Token": person.csrf}).status_code == 201
    # A key that is given decides alone.
    assert person.call("GET", "/cameras", **{"Authorization": "Bearer hwk_wrong"}).status_code == 401
    kept = dict(person.browser.cookies)
    assert person.call("DELETE", "/session", **{"X-CSRF-Token": person.csrf}).status_code == 204
    assert requests.get(f"{hall.url}/api/v1/cameras", cookies=kept, verify=False, timeout=15).status_code == 401


def test_guesses_at_a_password_have_to_wait_and_the_owner_gets_in_afterwards(hall):
    outcomes = [Person(hall, "viewer-person", f"guess number {i}").login for i in range(8)]
    assert [answer.status_code for answer in outcomes[:5]] == [401] * 5
    waits = [answer for answer in outcomes if answer.status_code == 429]
    assert waits and all(int(answer.headers["Retry-After"]) >= 1 for answer in waits)
    assert all(answer.json()["error"]["message"] for answer in outcomes)
    # While a name has to wait, its right password has to as well; other names do not.
    assert Person(hall, "viewer-person").login.status_code == 429
    assert Person(hall, "director-person").login.status_code == 200
    wait_for(lambda: Person(hall, "viewer-person").login.status_code == 200, 30, 0.5, "the owner gets in")
    unknown, known = Person(hall, "no such person", "x").login, Person(hall, "admin-person", "x").login
    assert (unknown.status_code, unknown.json()) == (known.status_code, known.json())
    failures = hall.api("GET", "/audit?action=login.failed")
    assert failures["total"] >= 5 and "guess number" not in str(failures) + hall.log()


def test_the_first_administrator_is_made_once_with_the_code(make_box):
    box = make_box()
    code = (box.data / "setup-code").read_text().strip()

    def ask(code, password=PASSWORD):
        return box.http("POST", "/api/v1/setup", role=None, json={"code": code, "name": "zhuren", "password": password})

    assert box.http("GET", "/api/v1/setup", role=None).json() == {"needed": True}
    assert ask("0000-0000-0000-0000").status_code == 403
    assert ask(code, "short").status_code == 400
    assert ask(code).status_code == 201
    assert box.http("GET", "/api/v1/setup", role=None).json() == {"needed": False}
    assert ask(code).status_code in (403, 409) and not (box.data / "setup-code").exists()
    assert Person(box, "zhuren").login.json()["role"] == "admin"


def test_another_system_sends_its_ratings(hall):
    good = {"id": str(uuid.uuid4()), "level": 2, "counter": "c1", "channel": "terminal", "case": "K-1", "tags": ["207"], "text": "机器旁没有人指导"}
    for wrong in ({"level": 9}, {"id": "1"}, {"counter": "c9"}, {"channel": "qr"}, {"tags": ["1"]}, {"at": "2020-01-01T00:00:00+08:00"}, {"at": "soon"}):
        answer = hall.http("POST", "/api/v1/ratings", role="system", json={**good, **wrong})
        assert answer.status_code == 400 and answer.json()["error"]["message"], (wrong, answer.text)
    assert [hall.http("POST", "/api/v1/ratings", role="system", json=good).status_code for _ in range(2)] == [201, 200]
    rating = hall.api("GET", f"/ratings/{good['id']}")
    assert rating["case"]["number"] == "K-1" and rating["channel"] == "terminal" and rating["rectification"]["state"] == "verifying"
    assert hall.http("POST", "/api/v1/ratings", role="staff", json=good).status_code == 403
