# SPDX-License-Identifier: Apache-2.0
"""Cases: their limits and their files."""
import time
from datetime import datetime

import pytest

from support.box import wait_for

ROWS = """办件编号,事项编码,事项名称,部门,办件类型,承诺时限,窗口,申请人,事件,事件时间,环节
{0}-1,11,居民身份证补领,公安,承诺件,5,c1,张小三,受理,2026-11-23 09:12,受理
{0}-1,,,,,,,,办结,2026-11-23 16:40,审批
{0}-2,12,"残疾人证办理,含上门",残联,承诺件,10,c2,龘靐齉,受理,2026/11/24 9:05:30,受理
{0}-3,13,养老保险参保登记,人社,即办件,,c1,李四,,,
"""


@pytest.fixture(scope="module")
def hall(share_box):
    box = share_box()
    (box.data / "inbox").mkdir(exist_ok=True)
    return box


def drop(box, name, data):
    """Puts a file into the inbox as a careful program does; waits until the desk has moved it."""
    (box.data / "inbox" / f"{name}.part").write_bytes(data)
    (box.data / "inbox" / f"{name}.part").rename(box.data / "inbox" / name)
    wait_for(lambda: (box.data / "inbox/done" / name).exists(), 15, why=f"{name} is moved")


def plain(case, prefix):
    """A case without what differs by its number and by the moment of its arrival."""
    case = dict(case, number=case["number"].removeprefix(prefix))
    for key in ("created_at", "updated_at"):
        case.pop(key, None)
    case["events"] = [{k: v for k, v in event.items() if k != "id"} for event in case["events"]]
    return case


def test_a_csv_file_gives_the_same_in_all_its_encodings(hall):
    files = {"U8": "utf-8", "BOM": "utf-8-sig", "GB": "gb18030"}
    for prefix, encoding in files.items():
        drop(hall, f"{prefix}.csv", ROWS.format(prefix).encode(encoding))
        assert not list((hall.data / "inbox/done").glob(f"{prefix}.csv.*")), "nothing is wrong with it"
    cases = {prefix: [plain(hall.api("GET", f"/cases/{prefix}-{n}"), prefix) for n in (1, 2, 3)] for prefix in files}
    assert cases["U8"] == cases["BOM"] == cases["GB"]
    first, second, third = cases["GB"]
    assert (first["item"]["name"], first["state"], [e["kind"] for e in first["events"]]) == \
        ("居民身份证补领", "finished", ["accepted", "finished"])
    assert second["item"]["name"] == "残疾人证办理,含上门" and second["applicant"].startswith("龘")
    assert third["kind"] == "instant"


def test_the_same_file_again_changes_nothing(hall):
    data = ROWS.format("TWICE").encode("gb18030")
    drop(hall, "first.csv", data)
    before = [hall.api("GET", f"/cases/TWICE-{n}") for n in (1, 2, 3)]
    drop(hall, "second.csv", data)
    assert [hall.api("GET", f"/cases/TWICE-{n}") for n in (1, 2, 3)] == before


def test_a_file_that_is_no_csv_is_put_aside_with_its_reason(hall):
    drop(hall, "picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    assert (hall.data / "inbox/done/picture.csv.error.txt").read_text().strip()
    drop(hall, "after.csv", ROWS.format("AFTER").encode())
    assert hall.api("GET", "/cases/AFTER-1")["state"] == "finished"


def test_half_a_broken_csv_is_taken(hall):
    box = hall
    rows = ("办件编号,事项编码,事项名称,部门,办件类型,承诺时限,窗口\n"
            "CSV-1,11,残疾人证办理,残联,承诺件,5,c1\nCSV-2,11,残疾人证办理,残联,承诺件,很多,c1\n")
    drop(box, "today.csv", rows.encode("gb18030"))
    wait_for(lambda: box.http("GET", "/api/v1/cases/CSV-1").status_code == 200, 10)
    assert box.http("GET", "/api/v1/cases/CSV-2").status_code == 404
    assert "承诺时限" in (box.data / "inbox/done/today.csv.rejected.csv").read_text()


def test_an_overdue_case_raises_one_red_flag_also_over_a_restart(make_box):
    box = make_box()
    box.api("PUT", "/cases/OLD-1", {"item": {"code": "1", "name": "食品小作坊登记"}, "unit": "市场监管所", "kind": "promised",
                                    "limit_days": 1, "counter": "c1", "applicant": "李四", "accepted_at": "2026-10-12T09:00:00+08:00"})
    red = lambda: [f for f in box.api("GET", "/flags")["items"] if f["kind"] == "case_red"]
    wait_for(red, 10)
    assert box.api("GET", "/cases/OLD-1")["grade"] == "red"
    box.stop()
    box.start()
    time.sleep(2)
    assert len(red()) == 1


def test_a_restart_at_the_minute_of_a_deadline_raises_the_card_once(make_box):
    """Yulin's profile is red the moment the limit is exceeded: the box is started a second before, and again after it."""
    box = make_box({"rules": {"grade_profile": "yulin"}})
    flags = lambda number: sorted(f["kind"] for f in box.api("GET", "/flags?limit=200")["items"] if f["case_number"] == number)

    def to(moment):
        box.fault(f"clock offset {int(datetime.fromisoformat(moment + '+08:00').timestamp() - time.time())}")

    to("2026-12-01T09:00:00")
    for number in ("D-1", "D-2"):
        box.api("PUT", f"/cases/{number}", {"item": {"code": "1", "name": "食品小作坊登记"}, "unit": "市场监管所", "kind": "promised",
                                            "limit_days": 2, "accepted_at": "2026-12-01T09:00:00+08:00"})
    to("2026-12-03T17:29:57")
    box.api("PUT", "/cases/D-3", {"item": {"code": "1", "name": "社保卡"}, "unit": "人社", "kind": "other"})  # wakes the sweep
    wait_for(lambda: flags("D-1") == ["case_yellow"], 15)
    box.stop()
    to("2026-12-03T17:29:59")
    box.start()
    wait_for(lambda: "case_red" in flags("D-1"), 20, why="it falls due just after the start")
    red = [f for f in box.api("GET", "/flags?kind=case_red")["items"] if f["case_number"] == "D-1"][0]
    assert red["evidence"]["since_at"] == "2026-12-03T17:30:00.001+08:00"
    for _ in range(2):
        box.stop()
        box.start()
    wait_for(lambda: flags("D-2").count("case_red") == 1, 10)
    time.sleep(1)
    for number in ("D-1", "D-2"):
        assert flags(number).count("case_red") == 1 and flags(number).count("case_yellow") == 1, flags(number)
