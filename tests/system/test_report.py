# SPDX-License-Identifier: Apache-2.0
"""The report of a month, quarter or year as pages and as a workbook: both say what the figures say, and nobody's number."""
import datetime
import io
import os
import re
import sqlite3
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pytest

from support.hall_months import PHONE, fill, last_month, moment


@pytest.fixture(scope="module")
def hall(share_box):
    box = share_box({})
    fill(box)
    return box


def pages(pdf):
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True).stdout.decode()


def report(box, query, form="pdf"):
    answer = box.http("GET", f"/api/v1/report?{query}&format={form}")
    assert answer.status_code == 200, answer.text
    return answer.content


def book(box, query):
    """Pages by their titles: rows as dictionaries."""
    sheets = openpyxl.load_workbook(io.BytesIO(report(box, query, "xlsx")))
    found = {}
    for sheet in sheets:
        head, *rows = list(sheet.iter_rows(values_only=True))
        found[sheet.title] = [dict(zip(head, row)) for row in rows]
    return found


def keep(name, pdf):
    """For people who look at the pages; only where a folder is named."""
    if folder := os.environ.get("HALLWATCH_SHOTS"):
        Path(folder, name).write_bytes(pdf)


def test_a_month_says_what_the_figures_say(hall):
    first, end = last_month()
    month, span = first.strftime("%Y-%m"), f"from={moment(first, 0)}&to={moment(end, 0)}"
    summary = hall.api("GET", f"/figures/summary?{span}")
    total = summary["total"]
    pdf = report(hall, f"period={month}")
    keep("month.pdf", pdf)
    said = pages(pdf)
    assert f"{first.year} 年 {first.month} 月好差评月报" in said
    for key in ("good", "bad", "active", "rectified", "on_time"):
        share = total[key]
        assert share["of"] > 0 and f"{share['n']:,}/{share['of']:,}" in said, key
    for part in ("窗口与时段", "窗口排名", "人员排名", "部门排名", "事项排名", "差评原因", "差评办理时效", "差评处理结果", "回访情况", "吐槽找茬", "堵点难点",
                 "评价异常线索", "去年同期", "按键过快"):
        assert part in said, part
    assert "排队等候时间长" in said and "同样的材料交了三遍，电话***" in said and PHONE not in said

    sheets = book(hall, f"period={month}")
    figures = {row["指标"]: row for row in sheets["各项指标"]}
    assert figures["评价数"]["本期"] == total["n"] and figures["服务量"]["本期"] == total["services"]
    assert figures["好评率"]["本期分子"] == total["good"]["n"] and figures["好评率"]["本期分母"] == total["good"]["of"]
    assert figures["好评率"]["本期"] == pytest.approx(total["good"]["n"] / total["good"]["of"])
    for name, before in (("上期", "month"), ("去年同期", "year")):
        then = summary["before"][before]["total"]
        assert figures["好评率"][f"{name}分子"] == then["good"]["n"] > 0 and figures["评价数"][name] == then["n"], before
    for by, title, name in (("counter", "窗口排名", "窗口"), ("staff", "人员排名", "人员"), ("unit", "部门排名", "部门"), ("item", "事项排名", "事项")):
        items = [item for item in hall.api("GET", f"/figures?by={by}&{span}")["items"] if item["key"]]
        rows = [row for row in sheets[title] if row["名次"]]
        assert [row["代码"] for row in rows] == [item["key"] for item in items] and len(rows) >= 2, "best first"
        assert [row["95% 区间下限"] for row in rows] == pytest.approx([item["good"]["low"] for item in items])
        assert [row["95% 区间下限"] for row in rows] == sorted((row["95% 区间下限"] for row in rows), reverse=True)
    assert {row["原因"]: row["次数"] for row in sheets["差评原因"]} == {tag["text"]: tag["n"] for tag in summary["tags"]}
    assert sum(row["评价数"] for row in sheets["评价等次"]) == total["n"]
    assert sum(row["评价数"] for row in sheets["走势"]) == total["n"]
    outcomes = {row["结果"]: row["件数"] for row in sheets["差评处理结果"]}
    assert outcomes["已办结"] + outcomes["仍在办理"] == total["bad"]["n"]
    stages = {row["环节"]: row for row in sheets["差评办理时效"]}
    assert stages["联系核实"]["按时完成"] + stages["联系核实"]["超期完成"] == total["bad"]["n"] and stages["联系核实"]["超期完成"] > 0
    assert stages["告知群众"]["待办"] == stages["告知群众"]["其中已超期"] == outcomes["仍在办理"] > 0
    pains = hall.api("GET", f"/painpoints?{span}")["counts"]
    assert {row["堵点难点"]: row["次数"] for row in sheets["堵点难点"]} == {tag["text"]: tag["n"] for tag in pains["tags"]}
    assert "13800001111" not in str(sheets) and len(sheets["堵点难点原话"]) == 12
    complaints = hall.api("GET", "/complaints?limit=100")["total"] + hall.api("GET", "/complaints?open=1&limit=100")["total"]
    assert sum(row["件数"] for row in sheets["吐槽找茬"]) == complaints == 18
    clues = {row["线索"]: row for row in sheets["评价异常线索"]}
    assert clues["按键过快"]["件数"] == 2 and clues["按键过快"]["属实"] == 1 and clues["差评集中"]["待处理"] == 1


def test_other_spans_and_english(hall):
    first, end = last_month()
    year = str(first.year)
    said = pages(report(hall, f"period={first.year}-Q{(first.month + 2) // 3}"))
    assert f"{first.year} 年第 {(first.month + 2) // 3} 季度好差评季报" in said
    pdf = report(hall, f"period={year}")
    keep("year.pdf", pdf)
    assert f"{year} 年好差评年报" in pages(pdf)
    total = hall.api("GET", f"/figures/summary?from={moment(datetime.date(first.year, 1, 1), 0)}&to={int(time.time() * 1000)}")["total"]
    assert {row["指标"]: row for row in book(hall, f"period={year}")["各项指标"]}["评价数"]["本期"] == total["n"]
    pdf = report(hall, f"from={moment(first, 0)}&to={moment(end, 0)}&language=en")
    keep("english.pdf", pdf)
    said = pages(pdf)
    assert f"{first.strftime('%B %Y')}: monthly report" in said and "Pain points" in said and "Counters" in said
    assert {"Figures", "Staff", "Pain points"} <= book(hall, f"period={first.strftime('%Y-%m')}&language=en").keys()
    days = pages(report(hall, f"from={moment(first.replace(day=3), 0)}&to={moment(first.replace(day=10), 0)}"))
    assert f"{first.strftime('%Y-%m')}-03 至 {first.strftime('%Y-%m')}-09好差评报告" in days
    for wrong in ("period=2026-13", "period=2026-Q5", "period=26", "period=2999", "from=5&to=4", f"period={year}&from=1", "format=doc",
                  "language=fr"):
        answer = hall.http("GET", f"/api/v1/report?{wrong}")
        assert answer.status_code == 400 and answer.json()["error"]["message"], wrong


def test_drawn_once_while_it_is_right(hall):
    first, _ = last_month()
    query = f"period={first.strftime('%Y-%m')}"
    one = report(hall, query)
    time.sleep(1.1)  # a page drawn anew has another second of its making in it
    assert report(hall, query) == one
    store = sqlite3.connect(hall.data / "hall.db", timeout=30)
    with store:
        store.execute("UPDATE rating SET is_counted = 0 WHERE id = (SELECT id FROM rating WHERE event_at >= ? ORDER BY event_at LIMIT 1)",
                      (moment(first),))
    store.close()
    other = report(hall, query)
    assert other != one, "what is voided leaves the report at once"
    counts = [int(re.search(r"共有评价 (\d+) 件", pages(pdf)).group(1)) for pdf in (one, other)]
    assert counts[1] == counts[0] - 1
    audit = hall.api("GET", "/audit?action=report.save")["items"]
    assert audit[0]["detail"] == "pdf" and f"{first.year} 年 {first.month} 月" in audit[0]["subject"]


def test_many_at_once_wait_or_are_told_to_come_again(hall):
    first, _ = last_month()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda day: hall.http("GET", f"/api/v1/report?from={moment(first, 0)}&to={moment(first.replace(day=day), 0)}"),
                                range(4, 20)))
    good = [answer for answer in answers if answer.status_code == 200]
    assert len(good) >= 5 and all(answer.content.startswith(b"%PDF") and b"%%EOF" in answer.content[-32:] for answer in good)
    for answer in answers:
        if answer.status_code != 200:
            assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0 and answer.json()["error"]["code"] == "busy"
    assert hall.http("GET", "/api/v1/report").status_code == 200, "and then it goes on"
