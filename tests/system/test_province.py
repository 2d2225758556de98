# SPDX-License-Identifier: Apache-2.0
"""To the province: each rating and what becomes of it, over a platform that refuses, hangs, babbles, takes without answering
and goes away for a week: nothing lost, nothing doubled, order kept, refusals said."""
import time
import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from support.box import wait_for
from support.receiver import (APP, Receiver, accept, answer_twice, babble, hang, in_turn, platform, platform_takes_and_hangs_up,
                              province_config, province_signature, status)

WEEK = 7 * 24 * 3600


@pytest.fixture
def province():
    receiver = Receiver()
    receiver.behave = platform
    yield receiver
    receiver.close()


def rate(box, level=5, **more):
    rating = str(uuid.uuid4())
    box.api("POST", "/ratings", {"id": rating, "level": level, "counter": "c1", "channel": "terminal", **more})
    return rating


def standing(box):
    return next(r for r in box.api("GET", "/receivers")["items"] if r["receiver"] == "province")


def act(box, rating, action, choice):
    box.api("POST", f"/ratings/{rating}/rectification/{action}", {"choice": choice, "why": "已致歉"})


def ids(province):
    return [message["id"] for message in province.taken]


def test_a_rating_and_what_becomes_of_it(make_box, province):
    box = make_box({"province": province_config(province)})
    box.api("PUT", "/cases/2026-1", {"item": {"code": "A1", "name": "食品经营许可"}, "unit": "市监所", "kind": "promised", "limit_days": 5,
                                     "accepted_at": "2026-11-24T09:00:00+08:00", "person": {"number": "007", "name": "李敏"}})
    bad = rate(box, 1, case="2026-1", tags=["115"], text="等了很久")
    act(box, bad, "verify", "immediate")
    act(box, bad, "tell", "published")
    first, _, last = province.wait(3)
    assert first["id"] == bad and last["id"].startswith(bad + ".")
    record = first["body"]
    assert {k: record[k] for k in ("areaCode", "taskName", "projectNo", "proStatus", "proManager", "pf", "satisfaction", "evalDetail",
                                   "writingEvaluation", "assessNumber", "anonymityFlag", "defaultFlag", "validFlag", "userName")} == {
        "areaCode": "370112109", "taskName": "食品经营许可", "projectNo": "2026-1", "proStatus": "2", "proManager": "李敏", "pf": "5",
        "satisfaction": "1", "evalDetail": "115", "writingEvaluation": "等了很久", "assessNumber": "1", "anonymityFlag": "1",
        "defaultFlag": "2", "validFlag": "1", "userName": ""}
    assert (last["body"]["rectification"], last["body"]["answer"]) == ("已整改", "已致歉")
    for message in province.taken:
        assert message["headers"]["X-Signature"] == province_signature(message)

    # Another profile and another signature by a reload: inverted levels, SM3.
    box.change(province=province_config(province, profile="gbt39046", signature="hmac-sm3"))
    good = rate(box, 5)
    message = province.wait(4)[-1]
    assert message["id"] == good and message["body"]["satisfaction"] == "1"
    assert message["headers"]["X-Signature"] == province_signature(message, "sm3")


def test_a_platform_that_does_all_that_it_should_not(make_box, province):
    province.behave = in_turn(status(503), babble, platform, platform_takes_and_hangs_up, status(200, b"<html>"), platform,
                              answer_twice, hang, platform)
    box = make_box({"province": province_config(province)})
    ratings = [rate(box) for _ in range(7)]
    wait_for(lambda: standing(box)["sent"] == 7, 90, why="all seven are there")
    taken = [message["headers"]["Idempotency-Key"] for message in province.taken]
    assert sorted(taken) == sorted(ratings)  # the one whose answer was lost was told "known" the second time


def test_names_go_only_where_that_is_wished(make_box, province):
    """As anonymous otherwise; under headers of the platform's own names."""
    headers = ["X-Tif-Paasid: ${app_id}", "X-Tif-Timestamp: ${timestamp}", "X-Tif-Nonce: ${message}", "X-Tif-Signature: v1 ${signature}"]
    person = {"name": "欧阳小燕", "phone": "13812345678", "id_number": "37010219900101123X"}
    box = make_box({"province": province_config(province)})
    rate(box, person=person)
    anonymous = province.wait(1)[0]
    assert not any(word in anonymous["raw"].decode() for word in (*person.values(), "欧"))
    assert [anonymous["body"][key] for key in ("userName", "certKey", "anonymityFlag")] == ["", "", "1"]

    province.behave = accept
    box.change(province=province_config(province, persons=True, headers=headers))
    named, unnamed = rate(box, person=person), rate(box)
    first, second = province.wait(3)[1:]
    assert first["headers"]["X-Tif-Nonce"] == named and second["headers"]["X-Tif-Nonce"] == unnamed
    assert [first["body"][key] for key in ("userName", "certKey", "anonymityFlag")] == [person["name"], person["id_number"], "2"]
    assert person["phone"] not in first["raw"].decode(), "no field asks for it"
    assert [second["body"][key] for key in ("userName", "certKey", "anonymityFlag")] == ["", "", "1"]
    assert first["headers"]["X-Tif-Paasid"] == APP and "X-App-Id" not in first["headers"] and "X-Signature" not in first["headers"]
    signature = province_signature(first, names=("X-Tif-Timestamp", "X-Tif-Nonce"))
    assert first["headers"]["X-Tif-Signature"] == "v1 " + signature

    company = rate(box, person={"name": "青石食品有限公司", "phone": "13812345678", "id_number": "91370100MA3C12345X"})
    third = province.wait(4)[-1]
    assert third["headers"]["X-Tif-Nonce"] == company
    assert (first["body"]["userProp"], third["body"]["userProp"]) == ("1", "2")

    # What was erased meanwhile is not sent, though it was known when the message was written.
    province.go_away()
    late = rate(box, person=person)
    box.fault(f"clock offset {3 * 24 * 3600}")
    box.change(province=province_config(province, persons=True), rules={"person_days": 1})
    wait_for(lambda: box.api("GET", f"/ratings/{late}")["rater"]["erased_at"], why="it is erased")
    province.come_back(platform)
    wait_for(lambda: late in [m["headers"]["Idempotency-Key"] for m in province.taken], 90, why="it is sent after all")
    message = next(m for m in province.taken if m["headers"]["Idempotency-Key"] == late)
    assert (message["body"]["userName"], message["body"]["anonymityFlag"]) == ("", "1")


def test_refused_is_said_and_goes_again(make_box, province):
    box = make_box({"province": province_config(province)})
    wrong, right = rate(box, text="拒收"), rate(box, text="好")
    wait_for(lambda: standing(box)["refused"] == 1 and ids(province) == [right], why="one is refused, the other not")
    row = box.api("GET", "/outbox?receiver=province&state=refused")["items"][0]
    assert (row["message"], row["error"], row["subject"]) == (wrong, "评价内容不合规", f"rating:{wrong}")
    province.behave = lambda owner, handler, message: platform(owner, handler, {**message, "body": {"writingEvaluation": ""}})
    assert box.api("POST", "/receivers/province/resend") == {"messages": 1}
    wait_for(lambda: ids(province) == [right, wrong], why="it is taken")


def test_away_for_a_week(make_box, province):
    """The box's clock goes on by a week; ratings come in meanwhile, the desk is killed; then the platform is back."""
    box = make_box({"province": province_config(province)})
    before = rate(box)
    province.wait(1)
    province.go_away()
    bad = rate(box, 1)
    act(box, bad, "verify", "immediate")
    box.fault(f"clock offset {WEEK // 2}")
    others = [rate(box) for _ in range(100)]
    box.kill_child("desk")
    wait_for(lambda: box.http("GET", "/api/v1/system").status_code == 200, why="desk serves")
    act(box, bad, "tell", "published")
    box.fault(f"clock offset {WEEK}")
    wait_for(lambda: standing(box)["is_late"] and standing(box)["error"], why="it is shown as late")
    assert standing(box)["waiting"] == 103
    assert box.api("GET", "/overview")["outbox"]["late"] == 1
    province.come_back(platform)
    wait_for(lambda: standing(box)["waiting"] == 0, 90, why="all are delivered")
    taken = ids(province)
    assert len(taken) == len(set(taken)) == 104
    assert set(taken) >= {before, bad, *others}
    of_bad = [message for message in taken if message.startswith(bad)]
    assert of_bad[0] == bad and [int(m.split(".")[1]) for m in of_bad[1:]] == sorted(int(m.split(".")[1]) for m in of_bad[1:])

    # Told again of the whole time: it says of each that it has it.
    told = box.api("POST", "/province/replay", {"from": "2026-01-01T00:00:00+08:00", "to": "2026-03-30T00:00:00+08:00"})
    assert told == {"messages": 0}
    row = box.api("GET", "/ratings?limit=1")["items"][0]
    day = row["event_at"][:10]
    n = box.api("POST", "/province/replay", {"from": f"{day}T00:00:00+08:00", "to": f"{day}T23:59:59+08:00"})["messages"]
    assert n >= 1
    wait_for(lambda: standing(box)["waiting"] == 0, 60, why="all were told again")
    assert ids(province) == taken
    said = box.command("province", "replay", "--from", f"{day}T00:00:00+08:00", "--to", f"{day}T23:59:59+08:00", "--data", box.data)
    assert said.stdout.split()[0] == str(n)
    box.api("POST", "/province/replay", {"from": "2026-01-01T00:00:00+08:00", "to": "2027-01-01T00:00:00+08:00"}, status=400)


def test_silence_counts_only_there(make_box, province):
    """Guangdong's rule: a finished case that nobody rates in seven days counts as 3 there, marked; nowhere else."""
    box = make_box({"province": province_config(province, profile="guangdong")})
    wait_for(lambda: "hall=h1 up" in box.log(), why="the first look is noted")
    now = int(time.time())
    box.api("PUT", "/cases/2026-1", {"item": {"code": "A1", "name": "食品经营许可"}, "unit": "市监所", "kind": "promised", "limit_days": 5,
                                     "accepted_at": (now - 600) * 1000})
    box.api("POST", "/cases/2026-1/events", {"id": "e1", "kind": "finished", "at": now * 1000})
    box.fault(f"clock offset {9 * 24 * 3600}")
    box.kill_child("desk")  # it looks at its start, and each minute
    message = province.wait(1)[0]
    text = datetime.fromtimestamp(now + WEEK, ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S")
    assert message["id"] == "default.2026-1"
    assert (message["body"]["satisfaction"], message["body"]["defaultFlag"], message["body"]["assessTime"]) == ("3", "1", text)
    assert box.ratings() == []
