# SPDX-License-Identifier: Apache-2.0
"""Names and telephones: encrypted in what lies on the disk, whole for whoever may and says why, on record, and erased in time."""
import json
import uuid

import pytest
import requests

from support.box import wait_for
from support.person import Person
from support.receiver import Receiver, accept, province_config
from support.small_picture import PNG

PASSWORD = "Qingshi-2026-hall"
NAME, PHONE, ID_NUMBER = "欧阳小燕", "13812345678", "37010219900101123X"
DAY = 86400
CASE = {"item": {"code": "x", "name": "社保卡补换"}, "unit": "人社", "kind": "instant", "counter": "c1"}


@pytest.fixture(scope="module")
def hall(share_box):
    box = share_box()
    for name, role, more in (("zhuren", "director", ()), ("li", "director", ("--staff", "007")), ("sun", "staff", ("--staff", "008"))):
        box.command("user", "add", name, "--role", role, "--password-stdin", *more, "--data", box.data, stdin=PASSWORD + "\n")
    return box


@pytest.fixture
def province():
    receiver = Receiver()
    receiver.behave = accept
    yield receiver
    receiver.close()


def log_in(box, name):
    person = requests.Session()
    person.trust_env = person.verify = False
    answer = person.post(box.url + "/api/v1/session", json={"name": name, "password": PASSWORD}, timeout=15)
    assert answer.status_code == 200, answer.text
    return person


def rate(box, person=None, level=1, **more):
    rating = str(uuid.uuid4())
    more |= {"person": person} if person else {}
    box.api("POST", "/ratings", {"id": rating, "level": level, "counter": "c1", "channel": "terminal", **more})
    return rating


def looks(box, subject):
    return [row for row in box.api("GET", "/audit?action=rating.person&limit=200")["items"] if row["subject"] == subject]


def on_disk(box):
    return b"".join(path.read_bytes() for path in box.data.glob("hall.db*"))


def test_masked_for_all_and_whole_for_who_says_why(hall):
    hall.api("PUT", "/counters/c1/duty", {"staff": {"number": "007", "name": "李敏"}})
    rating = rate(hall, {"name": NAME, "phone": "138-1234 5678", "id_number": ID_NUMBER})
    path = f"/api/v1/ratings/{rating}"
    for role in ("viewer", "director"):
        got = hall.api("GET", f"/ratings/{rating}", role=role)
        assert got["is_named"] and got["rater"] == {"name": "欧**燕", "phone": "138****5678", "erased_at": None}
        assert not any(part in hall.http("GET", "/api/v1/ratings", role=role).text for part in (NAME, PHONE, ID_NUMBER))
    assert got["staff"]["number"] == "007"

    assert hall.http("GET", path + "/person").status_code == 400, "a reason is wanted"
    for role in ("viewer", "staff", "system"):
        assert hall.http("GET", path + "/person?why=x", role=role).status_code == 403
    assert log_in(hall, "li").get(hall.url + path + "/person?why=x", timeout=15).status_code == 403, "she was rated"
    assert looks(hall, f"rating:{rating}") == []
    whole = log_in(hall, "zhuren").get(hall.url + path + "/person", params={"why": "核实排队情况"}, timeout=15)
    assert whole.json() == {"name": NAME, "phone": PHONE, "phone_tail": None, "id_number": ID_NUMBER}
    [look] = looks(hall, f"rating:{rating}")
    assert look["who"] == "zhuren" and look["detail"] == "核实排队情况"
    assert hall.http("GET", f"/api/v1/ratings/{rate(hall)}/person?why=x").status_code == 404, "anonymous"

    for person in ({"name": NAME}, {"phone": "12"}, {"phone": PHONE, "id_number": "?"}, []):
        answer = hall.http("POST", "/api/v1/ratings", json={"id": str(uuid.uuid4()), "level": 1, "counter": "c1", "channel": "pc", "person": person})
        assert answer.status_code == 400 and "person" in answer.json()["error"]["message"], answer.text


def test_staff_put_down_themselves_alone(hall):
    """Else a colleague would be rated for it."""
    sun, zhuren = Person(hall, "sun", PASSWORD), Person(hall, "zhuren", PASSWORD)
    for number, status in (("021", 403), ("008", None)):
        staff = {"staff": {"number": number, "name": "孙丽"}}
        for method, path, body in (("PUT", "/counters/c2/duty", staff), ("POST", "/invitations", {"counter": "c2", **staff})):
            answer = sun.do(method, path, body, status)
            assert status is None or "your own number is 008" in answer["error"]["message"]
            zhuren.do(method, path, body)  # a director puts down anybody
    sun.do("PUT", "/counters/c2/duty", {"staff": None})  # she leaves


def test_who_was_rated_never_learns_by_whom(hall):
    """A director who works at a counter as well: the rating is there, who gave it is not."""
    hall.api("PUT", "/counters/c1/duty", {"staff": {"number": "007", "name": "李敏"}})
    hall.api("PUT", "/cases/P-9", {**CASE, "applicant": "司马相如", "person": {"number": "007", "name": "李敏"}})
    name, phone = "司徒云长", "13698765432"
    rating = rate(hall, {"name": name, "phone": phone}, case="P-9", text=f"我是{name}，替司马相如来的，电话{phone}")
    li, other = log_in(hall, "li"), log_in(hall, "zhuren")
    hall.api("POST", f"/ratings/{rating}/rectification/verify", {"choice": "immediate", "why": f"已致电{name}核实，号码{phone}"})
    for path in (f"/ratings/{rating}", "/ratings", "/rectifications?open=1", "/cases/P-9", "/figures/mine?from=0"):
        seen = li.get(hall.url + "/api/v1" + path, timeout=15)
        assert "我是***，替***来的，电话***" in seen.text, seen.text
        assert not any(part in seen.text for part in (name, phone, "司**长", "136****5432", "司马相如")), path
        if "mine" not in path:
            assert name in other.get(hall.url + "/api/v1" + path, timeout=15).text, "others see it"
    assert "已致电***核实" in li.get(f"{hall.url}/api/v1/ratings/{rating}", timeout=15).text
    for path in ("/ratings?format=csv", "/rectifications?open=1&format=csv"):
        table = li.get(hall.url + "/api/v1" + path, timeout=15).content.decode("utf-8-sig")
        assert "我是***，替***来的，电话***" in table, table
        assert not any(part in table for part in (name, phone, "司马相如")), path
    for path in (f"/ratings/{rating}", "/ratings", "/rectifications?open=1"):
        seen = json.dumps(hall.api("GET", path, role="viewer"), ensure_ascii=False)
        assert f"我是{name}" in seen and phone not in seen, "a viewer sees no numbers"


def test_nothing_in_the_clear_on_the_disk_and_erased_by_the_clock(hall):
    hall.api("PUT", "/cases/P-1", {**CASE, "applicant": NAME, "phone": PHONE})
    assert hall.api("GET", "/cases/P-1")["applicant"] == "欧**燕" and hall.api("GET", "/cases/P-1")["phone_tail"] == "5678"
    assert hall.api("GET", "/cases/P-1/person?why=x")["phone"] == PHONE
    rating = rate(hall, {"name": NAME, "phone": PHONE}, level=4)
    assert "欧**燕".encode() in on_disk(hall), "this is where it would be found"
    assert not any(secret.encode() in on_disk(hall) for secret in (NAME, PHONE, ID_NUMBER))
    assert (hall.data / "person.key").stat().st_mode & 0o777 == 0o600
    before = hall.api("GET", "/figures?by=channel&from=0")

    hall.fault(f"clock offset {181 * DAY}")
    hall.api("PUT", "/cases/P-2", CASE)  # a change wakes the sweep
    erased = wait_for(lambda: (got := hall.api("GET", f"/ratings/{rating}"))["rater"]["erased_at"] and got, 20, 0.2, "it is erased")
    assert erased["is_named"] and erased["rater"]["name"] is None and erased["level"] == 4
    assert hall.http("GET", f"/api/v1/ratings/{rating}/person?why=x").status_code == 404
    assert hall.api("GET", "/cases/P-1")["applicant"] == "欧**燕", "its case is still open"
    assert hall.api("GET", "/figures?by=channel&from=0")["items"] == before["items"]
    hall.fault()


def found(box, *secrets):
    """Files of the data folder in which any of the secrets stands, as UTF-8 or as spreadsheets write it."""
    wanted = {secret.encode(code) for secret in secrets for code in ("utf-8", "gb18030", "utf-16-le")}
    files = [path for path in box.data.rglob("*") if path.is_file() and not path.is_socket()]
    return sorted(str(path.relative_to(box.data)) for path in files if any(secret in path.read_bytes() for secret in wanted))


def test_after_its_time_nothing_in_the_whole_folder_names_anybody(make_box, province):
    """Not the database, its log, the outbox, the files that came by the inbox, nor pictures; searched for by their bytes."""
    box = make_box({"province": province_config(province, persons=True)})
    header = "办件编号,事项编码,事项名称,单位,办件类型,窗口,申请人,手机号,受理时间,事件,事件时间\r\n"
    row = f"X-1,x,社保卡补换,人社,即办件,c1,{NAME},{PHONE},2026-11-20 09:00,finished,2026-11-20 09:05\r\n"
    (box.data / "inbox/cases.csv").write_bytes((header + row).encode("gb18030"))
    (box.data / "inbox/bad.csv").write_bytes((header + row.replace("即办件", "?")).encode())
    wait_for(lambda: (box.data / "inbox/done/bad.csv").exists() and (box.data / "inbox/done/cases.csv").exists(), why="both are taken")
    assert box.api("GET", "/cases/X-1")["state"] == "finished" and box.api("GET", "/cases/X-1/person?why=x")["phone"] == PHONE
    rating = rate(box, {"name": NAME, "phone": PHONE, "id_number": ID_NUMBER}, level=4)
    wait_for(lambda: province.taken and province.taken[0]["body"]["userName"] == NAME, why="the province has it")
    picture, stray = str(uuid.uuid4()), box.data / "attachments" / str(uuid.uuid4())
    box.http("PUT", f"/api/v1/attachments/{picture}", data=PNG + NAME.encode() + PNG[-12:])
    stray.write_bytes(PHONE.encode())
    kept = box.data / "attachments" / picture
    assert kept.exists()
    by_hand = ["attachments/" + path.name for path in sorted((kept, stray))]
    assert found(box, NAME, PHONE, ID_NUMBER) == by_hand + ["inbox/done/bad.csv", "inbox/done/bad.csv.rejected.csv", "inbox/done/cases.csv"]

    box.fault(f"clock offset {181 * DAY}")
    box.kill_child("desk")  # it looks at its start, and each hour
    masks = "138****5678", "欧**燕"
    wait_for(lambda: not found(box, NAME, PHONE, ID_NUMBER, *masks), 20, 0.2, "all of it is gone")
    assert box.http("GET", f"/api/v1/attachments/{picture}").status_code == 404
    assert box.api("GET", f"/ratings/{rating}")["is_named"] and box.api("GET", "/cases/X-1")["applicant"] is None
    box.stop()
    assert not found(box, NAME, PHONE, ID_NUMBER, *masks)


def test_another_key_opens_nothing_and_the_box_goes_on(make_box):
    box = make_box()
    rating = rate(box, {"name": NAME, "phone": PHONE})
    box.stop()
    (box.data / "person.key").unlink()
    box.start()
    answer = box.http("GET", f"/api/v1/ratings/{rating}/person?why=x")
    assert answer.status_code == 409 and "person.key" in answer.json()["error"]["message"]
    assert box.api("GET", f"/ratings/{rate(box, {'phone': PHONE})}/person?why=x")["phone"] == PHONE
    box.stop()
    (box.data / "person.key").write_text("no key")
    box.start(wait=False)
    assert box.process.wait(20) != 0 and "person.key: is not a key" in box.log()
