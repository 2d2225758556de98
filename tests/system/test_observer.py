# SPDX-License-Identifier: Apache-2.0
"""An observer walks over every route of the document: what opens is the list below, and nothing of it names a person."""
import json
import time
import uuid

import pytest

from support import contract
from support.box import wait_for
from support.person import PASSWORD, Person, add_person

OPEN = {("GET", "/api/v1/session"), ("DELETE", "/api/v1/session"), ("GET", "/api/v1/events"), ("GET", "/api/v1/figures"),
        ("GET", "/api/v1/figures/summary"), ("GET", "/api/v1/flags"), ("GET", "/api/v1/flags/{id}"), ("GET", "/api/v1/orders"),
        ("GET", "/api/v1/orders/{id}")}
LATE = {"item": {"code": "1", "name": "食品小作坊登记"}, "unit": "市场监管所", "kind": "promised", "limit_days": 1, "counter": "c1",
        "person": {"number": "007", "name": "李敏"}, "applicant": "王小明", "accepted_at": "2026-10-12T09:00:00+08:00"}
SECRETS = ("王小明", "13812345678", "李敏", "007", "当场说给王小明听", "zhuren")


@pytest.fixture(scope="module")
def hall(share_box):
    box = share_box({})
    director = add_person(box, "zhuren", "director")
    box.api("PUT", "/cases/K-1", LATE)
    box.flag = wait_for(lambda: box.api("GET", "/flags?kind=case_red")["items"], why="a red card")[0]["id"]
    director.do("POST", f"/flags/{box.flag}/explain", {"why": "当场说给王小明听"})
    box.order = str(uuid.uuid4())
    director.do("POST", "/orders", {"id": box.order, "ref": f"flag:{box.flag}", "unit": "市场监管所", "facts": "王小明 13812345678 等候太久",
                                    "demand": "请说明原因，联系 13812345678"})
    box.observer = add_person(box, "daibiao", "observer")
    return box


def place(box, path):
    id = box.flag if "/flags/" in path else box.order if "/orders/" in path else "none"
    return path.replace("{id}", id).replace("{number}", "K-1").replace("{action}", "confirm")


def test_every_route_is_open_or_shut(hall):
    opened = set()
    for method, path, operation in contract.operations():
        if "anyone" in operation["x-roles"] or path == "/api/v1/events" or (method, path) == ("DELETE", "/api/v1/session"):
            continue
        answer = hall.observer.call(method, place(hall, path).removeprefix("/api/v1") + ("?by=counter&from=0" if path.startswith("/api/v1/figures") else ""),
                                    {} if method != "GET" else None, **{"X-CSRF-Token": hall.observer.csrf})
        assert answer.status_code != 401, (method, path)
        if answer.status_code == 403:
            assert answer.json()["error"]["code"] == "role", (method, path)
            continue
        assert answer.status_code == 200, (method, path, answer.text)
        opened.add((method, path))
        assert not [secret for secret in SECRETS if secret in answer.text], (method, path, answer.text)
    assert opened == OPEN - {("GET", "/api/v1/events"), ("DELETE", "/api/v1/session")}


def test_no_files_no_persons_no_video(hall):
    for path in ("/flags?format=csv", "/orders?format=xlsx", "/figures?by=counter&from=0&format=csv", "/figures?by=staff&from=0"):
        assert hall.observer.call("GET", path).status_code == 400, path
    assert hall.observer.call("GET", "/orders?q=王小明").json()["total"] == 1  # not searched in: no way to ask for a name
    for path in ("/media/snapshot/cam1", "/media/live/cam1", "/media/days/cam1"):
        assert hall.observer.browser.get(hall.url + path, verify=False, timeout=10).status_code == 403, path


def test_what_an_observer_reads(hall):
    flag = hall.observer.do("GET", f"/flags/{hall.flag}")
    assert flag["state"] == "explained" and flag["unit"] == "市场监管所" and flag["evidence"]["days_left"] < 0 and flag["actions"] == []
    order = hall.observer.do("GET", f"/orders/{hall.order}")
    assert order["number"].endswith("1号") and order["demand"] == "请说明原因，联系 ***"
    assert json.dumps(order, ensure_ascii=False).count("13812345678") == 0


def test_a_term_ends(hall):
    day = time.strftime("%Y-%m-%d", time.localtime(time.time() - 86400 * 2))
    hall.command("user", "add", "old", "--role", "observer", "--until", day, "--password-stdin", "--data", hall.data, stdin=PASSWORD + "\n")
    assert Person(hall, "old").login.status_code == 401
