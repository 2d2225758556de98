# SPDX-License-Identifier: Apache-2.0
"""Paper cards: who may enter and confirm them, twice the same entry, scans that are no pictures."""
import time
import uuid

import pytest

from support.box import hall_day, wait_for
from support.person import add_person
from support.small_picture import PNG, png

DAY = hall_day(time.time())


@pytest.fixture(scope="module")
def hall(share_box):
    box = share_box()
    box.li = add_person(box, "li", "staff", "007")
    box.wang = add_person(box, "wang", "staff")
    box.zhou = add_person(box, "zhou", "staff")
    box.zhao = add_person(box, "zhao", "director")
    box.api("PUT", "/counters/c1/duty", {"staff": {"number": "007", "name": "李敏"}})
    return box


def card(number, level, **more):
    return {"id": str(uuid.uuid4()), "number": number, "day": DAY, "counter": "c1", "level": level, **more}


def test_a_bad_card_counts_by_a_second_person(hall):
    first = card("A-1", 1, tags=["115", "112"], text="态度生硬")
    assert hall.wang.do("POST", "/cards", first, status=201)["state"] == "waiting"
    assert hall.wang.do("POST", "/cards", first, status=200)["state"] == "waiting", "the same entry again"
    assert hall.http("GET", f"/api/v1/ratings/{first['id']}").status_code == 404, "it does not count yet"
    hall.wang.do("POST", "/cards", card("A-1", 1), status=403)
    hall.li.do("POST", "/cards", card("A-1", 1), status=403)
    assert hall.li.do("GET", "/cards")["total"] == 0
    seen = hall.zhou.do("GET", "/cards?waits=1")["items"][0]
    assert (seen["number"], seen["day"], seen["level"], seen["tags"], seen["text"]) == ("A-1", DAY, None, None, None)
    assert hall.http("POST", "/api/v1/cards", role="staff", json=card("A-1", 1)).status_code == 403, "a key is no person"
    done = hall.zhou.do("POST", "/cards", card("A-1", 1, tags=["112", "115"], case="K-9"), status=201)
    assert done["state"] == "counted" and done["rating"] == first["id"]
    rating = hall.rating(first["id"])
    assert rating["channel"] == "card" and rating["staff"] == {"number": "007", "name": "李敏"} and rating["text"] == "态度生硬"
    assert rating["case_number"] == "K-9" and rating["rectification"]["state"] == "verifying"
    assert rating["card"] == {"number": "A-1", "entered_by": "wang", "confirmed_by": "zhou", "decided_by": None, "scan": None}
    hall.wang.do("POST", "/cards", card("A-1", 5), status=409)
    hall.zhao.do("POST", f"/cards/{first['id']}/void", {"why": "误录"}, status=409)


def test_two_that_differ_are_decided_and_wrong_ones_entered_again(hall):
    first = card("A-2", 2)
    hall.wang.do("POST", "/cards", first)
    assert hall.zhou.do("POST", "/cards", card("A-2", 4))["state"] == "differing"
    again = {**card("A-2", 2), "why": "看扫描件确为不满意"}
    hall.zhou.do("POST", f"/cards/{first['id']}/decide", again, status=403)
    hall.zhao.do("POST", f"/cards/{first['id']}/decide", {**again, "why": ""}, status=400)
    assert [entry["level"] for entry in hall.zhao.do("GET", f"/cards/{first['id']}")["entries"]] == [2, 4]
    assert hall.wang.do("GET", f"/cards/{first['id']}")["entries"] == []
    assert hall.zhao.do("POST", f"/cards/{first['id']}/decide", again)["decided_by"] == "zhao"
    assert hall.rating(first["id"])["level"] == 2
    good = card("A-3", 4)
    assert hall.wang.do("POST", "/cards", good)["state"] == "counted"
    hall.zhou.do("POST", f"/cards/{good['id']}/void", {"why": "录错"}, status=403)
    hall.wang.do("POST", f"/cards/{good['id']}/void", {"why": ""}, status=400)
    hall.wang.do("POST", f"/cards/{good['id']}/void", {"why": "应为非常满意"})
    assert hall.rating(good["id"])["is_counted"] is False
    assert hall.wang.do("POST", "/cards", card("A-3", 5))["state"] == "counted"
    for wrong in ({"level": 6}, {"counter": "c9"}, {"day": "2020-01-01"}, {"day": "today"}, {"id": "1"}, {"number": ""}, {"tags": ["1"]}):
        hall.wang.do("POST", "/cards", {**card("A-4", 5), **wrong}, status=400)
    actions = {row["action"] for row in hall.api("GET", "/audit?limit=200")["items"]}
    assert {"card.decide", "card.void"} <= actions


def test_a_scan_is_a_picture_and_nothing_else(hall):
    def put(person, content, name=None):
        name = name or str(uuid.uuid4())
        return name, person.browser.put(f"{hall.url}/api/v1/attachments/{name}", data=content, headers={"X-CSRF-Token": person.csrf},
                                        timeout=15, verify=False)

    page = b"<html><script>alert(1)</script></html>"
    for hostile in (b"", page, b"\xff\xd8\xff" + page, PNG[:-1], PNG + page, PNG[:16] + b"\xff\xff\xff\xff" + PNG[20:], b"GIF89a" + page):
        assert put(hall.wang, hostile)[1].status_code == 400, hostile[:20]
    for name in ("x", "A" * 36, "..%2F..%2Fhall.db", "..%2f" * 7 + "x"):
        assert put(hall.wang, PNG, name)[1].status_code in (400, 404), name
    assert put(hall.wang, PNG + bytes(5 << 20))[1].status_code == 413
    large = png(2500, 2000)
    scan, answer = put(hall.wang, large)
    assert answer.status_code == 201 and (answer.json()["width"], answer.json()["bytes"]) == (2500, len(large))
    assert put(hall.wang, large, scan)[1].status_code == 200, "the same again"
    assert put(hall.wang, PNG, scan)[1].status_code == 409 and put(hall.zhou, large, scan)[1].status_code == 409

    def look(person):
        return person.browser.get(f"{hall.url}/api/v1/attachments/{scan}", timeout=15, verify=False)

    assert look(hall.wang).content == large and look(hall.zhao).status_code == 404, "it belongs to nothing yet"
    hall.zhou.do("POST", "/cards", card("S-1", 1, scan=scan), status=400)
    hall.wang.do("POST", "/cards", card("S-1", 1, scan=scan))
    hall.wang.do("POST", "/cards", card("S-2", 1, scan=scan), status=400)
    shown = look(hall.zhou)
    assert shown.content == large and shown.headers["Content-Type"] == "image/png"
    assert "sandbox" in shown.headers["Content-Security-Policy"] and shown.headers["X-Content-Type-Options"].startswith("nosniff")
    assert look(hall.li).status_code == 404, "whoever was rated"
    looks = [row for row in hall.api("GET", "/audit?limit=200&action=attachment.view")["items"] if row["subject"] == scan]
    assert {row["who"] for row in looks} == {"wang", "zhou"}
    # The box's own files are what they were after it has been killed.
    hall.kill_child("desk")
    wait_for(lambda: look(hall.zhou).content == large, why="the scan is still there")
