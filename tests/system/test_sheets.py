# SPDX-License-Identifier: Apache-2.0
"""Lists and figures as files for a spreadsheet: what is seen, numbers as numbers, and no formula from a citizen's hand."""
import csv
import io
import re
import sqlite3
import time
import uuid

import openpyxl
import pytest

from support.box import ROOT
from support.person import add_person

FORMULA = '=HYPERLINK("http://evil.example","点我")'
RATINGS = 430  # more than two pages of a list


PHONE = "13812345678"


@pytest.fixture(scope="module")
def hall(share_box):
    box = share_box({})
    for name, role in (("zhao", "director"), ("kan", "viewer"), ("wang", "staff")):
        setattr(box, name, add_person(box, name, role, None))
    for n in range(RATINGS):
        box.api("POST", "/ratings", {"id": str(uuid.uuid4()), "level": 1 if n == 7 else 5, "counter": f"c{1 + n % 2}", "channel": "pc",
                                     "text": FORMULA if n == 7 else f"第{n}条"})
    return box


def sheet(box, path):
    """Rows as dictionaries by the head's titles, from both forms, which must say the same."""
    answer = box.http("GET", f"/api/v1{path}format=csv")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment"), answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    plain = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    book = openpyxl.load_workbook(io.BytesIO(box.http("GET", f"/api/v1{path}format=xlsx").content))
    head, *rows = list(book.active.iter_rows())
    assert not plain or list(plain[0]) == [cell.value for cell in head]
    assert len(plain) == len(rows)
    assert all(cell.data_type != "f" for row in rows for cell in row), "no cell is a formula"
    return plain, [{title.value: cell.value for title, cell in zip(head, row)} for row in rows]


def test_all_pages_of_a_list(hall):
    plain, rows = sheet(hall, "/ratings?")
    assert len(rows) == RATINGS and len({row["评价编号"] for row in rows}) == RATINGS
    [bad] = [row for row in rows if row["等次"] == "非常不满意"]
    assert bad["文字"] == FORMULA and bad["分值"] == 1 and bad["窗口"] == "2号 高频窗口"
    assert [row["文字"] for row in plain if row["等次"] == "非常不满意"] == ["'" + FORMULA]
    assert len(sheet(hall, "/ratings?counter=c1&")[1]) == RATINGS // 2


def test_the_worklist(hall):
    _, [row] = sheet(hall, "/rectifications?open=1&")
    assert row["状态"] == "待核实" and row["等次"] == "非常不满意" and row["截止时间"]


def test_figures_have_numbers(hall):
    plain, rows = sheet(hall, "/figures?by=counter&from=0&")
    assert [row["代码"] for row in rows] == ["c1", "c2"], "best first"
    assert rows[1]["评价数"] == RATINGS // 2 and rows[1]["好评率分子"] == RATINGS // 2 - 1
    assert rows[1]["好评率"] == pytest.approx((RATINGS // 2 - 1) / (RATINGS // 2))
    assert float(plain[1]["好评率区间下限"]) == pytest.approx(rows[1]["好评率区间下限"], abs=1e-4)
    assert rows[0]["按时办结率"] is None and rows[0]["按时办结率分母"] == 0, "nothing is not 0 %"


def test_a_follow_up_says_what_it_follows(hall):
    store = sqlite3.connect(hall.data / "hall.db", timeout=30)
    first, later = str(uuid.uuid4()), str(uuid.uuid4())
    for rating, level in ((first, 4), (later, 5)):
        hall.api("POST", "/ratings", {"id": rating, "level": level, "counter": "c1", "channel": "pc", "text": f"追{level}"})
    with store:
        store.execute("UPDATE rating SET follows = ?, is_counted = 0 WHERE id = ?", (first, later))
    _, rows = sheet(hall, "/ratings?q=追&")
    by_id = {row["评价编号"]: row for row in rows}
    assert by_id[later]["追评首次编号"] == first and by_id[later]["追评首次等次"] == "满意" and by_id[later]["追评首次时间"] == by_id[first]["评价时间"]
    assert by_id[first]["后有追评等次"] == "非常满意" and by_id[first]["后有追评时间"] and by_id[first]["追评首次编号"] is None
    with store:
        store.execute("DELETE FROM rating WHERE id IN (?, ?)", (later, first))
    store.close()


def test_each_list_has_its_table(hall):
    hall.zhao.do("POST", "/complaints", {"id": str(uuid.uuid4()), "category": "101", "channel": "counter", "counter": "c1",
                                         "text": f"=没人 {PHONE}", "person": {"name": "王小明", "phone": PHONE}}, status=201)
    hall.zhao.do("POST", "/painpoints", {"id": str(uuid.uuid4()), "tags": ["901"], "text": f"打 {PHONE}", "item": "社保卡"}, status=201)
    hall.zhao.do("POST", "/cards", {"id": str(uuid.uuid4()), "number": "P-1", "day": time.strftime("%Y-%m-%d", time.gmtime(time.time() + 28800)),
                                    "counter": "c1", "level": 5}, status=201)
    hall.api("PUT", "/cases/S-1", {"item": {"code": "i1", "name": "社保卡"}, "kind": "promised", "limit_days": 5, "unit": "人社", "counter": "c1"})
    for path, title, value in (("/complaints?open=1&", "类别", "服务态度"), ("/painpoints?", "类别", "材料要得多、重复提交"),
                               ("/cards?", "状态", "已计入"), ("/cases?", "办件编号", "S-1"), ("/audit?action=complaint.take&", "对象", None)):
        _, rows = sheet(hall, path)
        assert rows and title in rows[0] and (value is None or rows[0][title] == value), path
    for path in ("/flags?", "/holds?", "/exports?", "/outbox?", "/callbacks?", "/callbacks?part=done&", "/rectifications?"):
        sheet(hall, path)
    _, [complaint] = sheet(hall, "/complaints?open=1&")
    assert complaint["内容"] == f"=没人 {PHONE}" and complaint["来访人（已隐去）"] == "王*明"
    english = hall.http("GET", "/api/v1/complaints?open=1&format=csv&language=en").content.decode("utf-8-sig")
    assert english.startswith('"number","received at","category"') and '"received"' in english


def test_flags_are_called_as_on_the_page():
    """A kind that is new on the page is named in its table too."""
    page = {kind: name for file in (ROOT / "dashboard/web/src/words").glob("*.ts")
            for kind, name in re.findall(r'^  flag_(\w+): \["([^"]+)"', file.read_text(), re.M)}
    table = dict(re.findall(r'\{ "(\w+)", "([^"]+)", "', re.search(r"ListingWord flag_kinds.*?;", (ROOT / "dashboard/api_sheet.c").read_text(),
                                                                 re.S)[0]))
    assert len(table) > 20 and {kind: name for kind, name in page.items() if kind != "fraud"} == table


def test_who_may_and_who_did(hall):
    def saved(person, path):
        return person.browser.get(f"{hall.url}/api/v1{path}", timeout=30, verify=False)

    for path in ("/audit?", "/outbox?", "/one-window/messages?"):
        assert saved(hall.zhao, f"{path}format=csv").status_code == 403, path
    assert saved(hall.wang, "/ratings?format=csv").status_code == 403
    assert saved(hall.wang, "/complaints?open=1&format=xlsx").status_code == 200
    text = saved(hall.wang, "/complaints?open=1&format=csv").content.decode("utf-8-sig")
    assert len(text.splitlines()) == 1, "staff see what they took down or see to"
    # What the page shows whole goes out of the house without numbers, but to those who may see persons.
    assert PHONE in saved(hall.zhao, "/painpoints?format=csv").text
    viewers = saved(hall.kan, "/painpoints?format=csv").text
    assert PHONE not in viewers and "打 ***" in viewers
    assert "sheet.save" not in str(hall.api("GET", "/audit?who=wang&action=login"))
    [one, *_] = hall.api("GET", "/audit?action=sheet.save&who=kan")["items"]
    assert one["subject"] == "painpoints" and one["detail"] == "format=csv"
    assert "open=1" in hall.api("GET", "/audit?action=sheet.save&who=wang")["items"][0]["detail"]
    assert hall.http("GET", "/api/v1/holds?format=doc").status_code == 400


def test_a_hundred_thousand_rows_and_no_more(hall):
    """The figures are asked for meanwhile: nobody waits for the file."""
    store = sqlite3.connect(hall.data / "hall.db", timeout=60)
    rows = 100000
    with store:
        store.executemany("INSERT INTO audit(at, who, action, subject, detail) VALUES(?, 'many', 'test.row', 'x', ?)",
                          ((1700000000000 + i, f"第{i}行") for i in range(rows)))
    began = time.monotonic()
    answer = hall.http("GET", "/api/v1/audit?action=test.row&format=csv", timeout=300)
    took = time.monotonic() - began
    assert answer.status_code == 200 and answer.content.count(b"\r\n") == rows + 1
    print(f"{rows} rows in {took:.1f} s, {len(answer.content)} bytes")
    with store:
        store.execute("INSERT INTO audit(at, who, action, subject) VALUES(1, 'many', 'test.row', 'one more')")
    store.close()
    answer = hall.http("GET", "/api/v1/audit?action=test.row&format=csv")
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "too_many"
