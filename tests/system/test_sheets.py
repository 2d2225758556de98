# SPDX-License-Identifier: Apache-2.0
"""Lists and figures as files for a spreadsheet: what is seen, numbers as numbers, and no formula from a citizen's hand."""
import csv
import io
import uuid

import openpyxl
import pytest

FORMULA = '=HYPERLINK("http://evil.example","点我")'
RATINGS = 430  # more than two pages of a list


@pytest.fixture(scope="module")
def hall(share_box):
    box = share_box({})
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
    assert list(plain[0]) == [cell.value for cell in head]
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
