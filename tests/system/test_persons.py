# SPDX-License-Identifier: Apache-2.0
"""Names and telephones: encrypted in what lies on the disk, whole for whoever may and says why, on record, and erased in time."""
import uuid

import pytest
import requests

from support.box import wait_for

PASSWORD = "Qingshi-2026-hall"
NAME, PHONE, ID_NUMBER = "欧阳小燕", "13812345678", "37010219900101123X"
DAY = 86400
CASE = {"item": {"code": "x", "name": "社保卡补换"}, "unit": "人社", "kind": "instant", "counter": "c1"}


@pytest.fixture(scope="module")
def hall(share_box):
    box = share_box()
    for name, role, more in (("zhuren", "director", ()), ("li", "director", ("--staff", "007"))):
        box.command("user", "add", name, "--role", role, "--password-stdin", *more, "--data", box.data, stdin=PASSWORD + "\n")
    return box


def log_in(box, name):
    person = requests.Session()
    person.trust_env = person.verify = False
    answer = person.post(box.url + "/api/v1/session", json={"name": name, "password": PASSWORD}, timeout=15)
    assert answer.status_code == 200, answer.text
    return person


def rate(box, person=None, level=1):
    rating = str(uuid.uuid4())
    more = {"person": person} if person else {}
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
