# SPDX-License-Identifier: Apache-2.0
"""The complaint counter's ledger: who sees what, steps by their table, the hold, and what the public reads."""
import time
import uuid

import pytest

from support.box import wait_for
from support.person import add_person
from support.small_picture import PNG


@pytest.fixture(scope="module")
def hall(share_box, share_camera):
    camera = share_camera()
    box = share_box({"cameras": [camera.config()]})
    for name, role, staff in (("wang", "staff", None), ("sun", "staff", None), ("li", "staff", "007"), ("zhao", "director", None),
                              ("qian", "director", None), ("kan", "viewer", None)):
        setattr(box, name, add_person(box, name, role, staff))
    box.wait_camera("cam1")
    return box


def complaint(**more):
    return {"id": str(uuid.uuid4()), "category": "101", "channel": "counter", "text": "李敏态度生硬，电话13812345678", "counter": "c1",
            "unit": "民政", "staff": {"number": "007", "name": "李敏"}, **more}


def test_from_entry_to_the_public_page(hall):
    began = time.time()
    hall.recorded_until("cam1", began)
    photo = str(uuid.uuid4())
    hall.wang.do("PUT", f"/attachments/{photo}", data=PNG)
    taken = complaint(happened=int(began * 1000), photo=photo, person={"name": "王小明", "phone": "13812345678"})
    one = hall.wang.do("POST", "/complaints", taken, status=201)
    assert hall.wang.do("POST", "/complaints", taken, status=200)["number"] == one["number"], "the same again"
    hall.sun.do("POST", "/complaints", taken, status=409)
    assert one["state"] == "received" and one["clip"]["camera"] == "cam1" and one["rater"]["phone"] == "138****5678"
    assert "13812345678" not in str(hall.wang.do("GET", f"/complaints/{one['id']}")["rater"])
    wait_for(lambda: hall.zhao.do("GET", f"/complaints/{one['id']}")["clip"]["held"] == "held", why="the clip is held")
    hold = hall.api("GET", f"/holds?ref=complaint:{one['id']}")["items"]
    assert len(hold) == 1 and hold[0]["placed_by"] == "system"
    # Staff who have no part in it and who is named: for them there is none.
    path = f"/complaints/{one['id']}"
    for other in (hall.sun, hall.li):
        assert other.do("GET", "/complaints?open=1")["total"] == 0
        other.do("GET", path, status=404)
        other.do("POST", f"{path}/answer", {"why": "x"}, status=404)
        assert other.browser.get(f"{hall.url}/api/v1/attachments/{photo}", timeout=15, verify=False).status_code == 404
    assert hall.zhao.browser.get(f"{hall.url}/api/v1/attachments/{photo}", timeout=15, verify=False).content == PNG
    hall.wang.do("GET", path + "/person?why=x", status=403)
    assert hall.zhao.do("GET", path + "/person?why=回电")["phone"] == "13812345678"

    hall.wang.do("POST", f"{path}/assign", {"owner": "sun"}, status=403)
    hall.zhao.do("POST", f"{path}/assign", {"owner": "kan"}, status=400)
    hall.zhao.do("POST", f"{path}/assign", {"owner": "li"}, status=403)
    hall.zhao.do("POST", f"{path}/assign", {"owner": "sun"})
    assert [action["action"] for action in hall.sun.do("GET", path)["actions"]] == ["answer"]
    assert hall.sun.do("GET", "/complaints?open=1&waits=1")["counts"] == {"open": 1, "late": 0, "due_today": 0, "waits": 1}
    hall.sun.do("POST", f"{path}/answer", {"why": "已批评教育李敏"})
    masked = {"public_text": "群众反映窗口人员态度生硬", "public_answer": "已批评教育，公开道歉"}
    hall.sun.do("POST", f"{path}/propose", {**masked, "public_text": taken["text"]}, status=400)
    hall.sun.do("POST", f"{path}/propose", {**masked, "public_answer": "王小明您好"}, status=400)
    hall.sun.do("POST", f"{path}/propose", masked)
    assert hall.http("GET", "/api/v1/public/complaints", role=None).json()["items"] == []
    hall.sun.do("POST", f"{path}/publish", {}, status=403)
    assert hall.http("POST", f"/api/v1{path}/publish", json={}).status_code == 403, "a key is no person"
    assert one["id"] in [row["id"] for row in hall.qian.do("GET", "/complaints?open=1&waits=1")["items"]]
    hall.qian.do("POST", f"{path}/publish", {})
    hall.zhao.do("POST", f"{path}/close", {"choice": "published"})
    answer = hall.http("GET", "/api/v1/public/complaints", role=None)
    (item,) = answer.json()["items"]
    assert (item["text"], item["answer"]) == (masked["public_text"], masked["public_answer"])
    for secret in ("李敏", "王小明", "1381234", "007", "wang", "sun", "qian", one["id"], "民政"):
        assert secret not in answer.text, secret
    hall.zhao.do("POST", f"{path}/reopen", {"why": "群众仍不满意"})
    assert hall.http("GET", "/api/v1/public/complaints", role=None).json()["items"] == []
    actions = {row["action"] for row in hall.api("GET", "/audit?limit=200")["items"]}
    assert {"complaint.take", "complaint.assign", "complaint.publish", "complaint.reopen", "complaint.person"} <= actions


def test_two_people_refuse(hall):
    one = hall.wang.do("POST", "/complaints", complaint(text="要求当场发放别镇的补贴"))
    path = f"/complaints/{one['id']}"
    hall.zhao.do("POST", f"{path}/refuse", {}, status=400)
    asked = hall.zhao.do("POST", f"{path}/refuse", {"why": "不属本镇职权"})
    assert asked["state"] == "refusing" and asked["due_at"] == one["due_at"], "it still has to be decided in time"
    assert not {"approve", "decline"} & {row["action"] for row in asked["actions"]}
    hall.zhao.do("POST", f"{path}/approve", {"why": "同意"}, status=403)
    for who, waits in ((hall.zhao, False), (hall.qian, True)):
        assert (one["id"] in [row["id"] for row in who.do("GET", "/complaints?open=1&waits=1")["items"]]) is waits
    assert hall.qian.do("POST", f"{path}/decline", {"why": "可转民政办理"})["state"] == "received"
    hall.zhao.do("POST", f"{path}/refuse", {"why": "民政已答复"})
    assert [row["id"] for row in hall.kan.do("GET", "/complaints?open=1&state=refusing")["items"]] == [one["id"]]
    assert hall.qian.do("POST", f"{path}/approve", {"why": "同意"})["state"] == "refused"


def test_it_says_what_is_wrong_and_is_linked_to_a_rating(hall):
    for wrong in ({"category": "1"}, {"channel": "mail"}, {"text": ""}, {"id": "1"}, {"counter": "c9"}, {"happened": int(time.time() * 1000) + 60000},
                  {"photo": str(uuid.uuid4())}, {"rating": str(uuid.uuid4())}, {"person": {"phone": "1"}}, {"staff": "李敏"}):
        answer = hall.wang.do("POST", "/complaints", {**complaint(), **wrong}, status=400)
        assert answer["error"]["message"], wrong
    hall.li.do("POST", "/complaints", complaint(), status=403)
    rating = {"id": str(uuid.uuid4()), "level": 1, "counter": "c1", "channel": "terminal"}
    hall.api("POST", "/ratings", rating)
    one = hall.wang.do("POST", "/complaints", complaint(channel="letter"))
    assert one["clip"] is None, "nobody knows when"
    hall.zhao.do("POST", f"/complaints/{one['id']}/link", {"rating": "none"}, status=400)
    hall.zhao.do("POST", f"/complaints/{one['id']}/link", {"rating": rating["id"]})
    assert hall.rating(rating["id"])["complaints"] == [{"id": one["id"], "number": one["number"], "state": "received"}]
    assert one["id"] in [row["id"] for row in hall.kan.do("GET", "/complaints?open=1&q=" + str(one["number"]))["items"]]
    assert len(hall.kan.do("GET", "/complaint-categories")["items"]) >= 10
