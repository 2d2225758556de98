# SPDX-License-Identifier: Apache-2.0
"""Master data: a workbook is looked at, then taken; cases and everybody's guide follow from it."""
import io

import openpyxl
import pytest

HEADER = ["事项编码", "事项名称", "部门", "办件类型", "法定时限", "承诺时限", "申请材料", "咨询电话", "办理环节"]
FIRST = [["A-1", "居民养老保险参保登记", "人社站", "承诺件", 20, 5, "身份证\n户口簿", "0912-3456789", "受理|人社站|1\n审核|人社站|3"],
         ["A-2", "老年人优待证办理", "民政办", "即办件", None, None, "身份证", 9123456, None]]


def workbook(rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [HEADER, *rows]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def take(box, data, role="director", status=200, **query):
    answer = box.http("POST", "/api/v1/master/items/import", role=role, params=query, data=data, headers={"Content-Type": "application/octet-stream"})
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def hall(share_box):
    return share_box()


def test_a_workbook_is_looked_at_then_taken(hall):
    data = workbook(FIRST)
    plan = take(hall, data)
    assert [row["key"] for row in plan["added"]] == ["A-1", "A-2"] and not plan["applied"] and hall.api("GET", "/master/items")["total"] == 0
    assert take(hall, data, token="0" * 64, status=409)["error"]["code"] == "conflict"
    assert take(hall, data, token=plan["token"])["applied"]
    item = hall.api("GET", "/master/items/A-1")
    assert (item["limit_days"], item["papers"], item["nodes"][1]) == (5, "身份证\n户口簿", {"node": "审核", "unit": "人社站", "days": 3})
    assert hall.api("GET", "/master/items/A-2")["telephone"] == "9123456"
    changed = workbook([[*FIRST[0][:5], 25, *FIRST[0][6:]], [*FIRST[1][:1], "老年优待证", *FIRST[1][2:]]])
    plan = take(hall, changed, retire="1")
    assert plan["refused"][0]["line"] == 2 and "may only be shorter" in plan["refused"][0]["error"]
    assert plan["changed"][0]["fields"] == [{"field": "name", "from": "老年人优待证办理", "to": "老年优待证"}] and plan["gone"] == []
    for wrong in (b"PK\x03\x04", b"", b"\x00\x01", "名字\nx\n".encode()):
        assert len(take(hall, wrong, status=400)["error"]["message"]) > 20
    assert hall.http("POST", "/api/v1/master/items/import", role="staff", data=data, headers={"Content-Type": "application/octet-stream"}).status_code == 403
    audit = hall.api("GET", "/audit?action=master.import")
    assert audit["total"] == 1 and "2 added" in audit["items"][0]["detail"]


def test_what_is_given_out_can_be_taken_back_in(hall):
    text = hall.http("GET", "/api/v1/master/items?format=csv").content
    plan = take(hall, text)
    assert (plan["same"], plan["added"], plan["changed"], plan["refused"]) == (2, [], [], [])
    empty = hall.http("GET", "/api/v1/master/villages?format=csv").content.decode("utf-8-sig")
    assert empty.splitlines() == ["村（社区）,区划编码,服务站地址,电话"]


def test_a_case_and_the_guide_follow_from_the_catalogue(hall):
    case = hall.api("PUT", "/cases/M-1", {"item": {"code": "A-1"}, "accepted_at": "2026-11-24T09:00:00+08:00"})["case"]
    assert (case["item"]["name"], case["unit"], case["limit_days"]) == ("居民养老保险参保登记", "人社站", 5)
    guide = hall.http("GET", "/api/v1/public/items/A-1", role=None).json()
    assert guide["hall"] and guide["papers"].startswith("身份证") and "by" not in guide
    assert [item["code"] for item in hall.http("GET", "/api/v1/public/items", role=None).json()["items"]] == ["A-1", "A-2"]
    assert hall.api("GET", "/items/A-1/code")["url"].endswith("/i/A-1")
    version = hall.api("GET", "/master/items/A-1")["version"]
    assert hall.http("DELETE", "/api/v1/master/items/A-1", json={"version": version + 1}).status_code == 409
    assert hall.http("DELETE", "/api/v1/master/items/A-1", json={"version": version}).status_code == 204
    assert hall.http("GET", "/api/v1/public/items/A-1", role=None).status_code == 404
    assert hall.api("GET", "/cases/M-1")["item"]["name"] == "居民养老保险参保登记"
