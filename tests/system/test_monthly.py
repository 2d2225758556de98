# SPDX-License-Identifier: Apache-2.0
"""The monthly supervision report: each of its numbers opens a list whose total is that number."""
import datetime
import hashlib
import io
import os
import sqlite3
import subprocess
from pathlib import Path

import openpyxl
import pytest

from support.box import wait_for
from support.hall_months import add_month, fill, last_month, moment

LISTS = {"cases": "/cases", "ratings": "/ratings", "flags": "/flags"}


@pytest.fixture(scope="module")
def hall(share_box):
    box = share_box({})
    fill(box, months=3)
    add_month(box)
    return box


def shown(figure, cell):
    """(part, number) that the page shows of a figure: what its lists must come to."""
    if figure["form"] == "count":
        return [("", cell)]
    if figure["form"] == "share":
        return [("", cell["n"]), ("base", cell["of"])]
    return [("", cell["of"])]


@pytest.mark.parametrize("by", ["unit", "person", "kind"])
def test_each_number_is_its_lists_total(hall, by):
    first, _ = last_month()
    month = first.strftime("%Y-%m")
    report = hall.api("GET", f"/monthly?period={month}&by={by}")
    rows = [("hall", report["total"])] + [(by, row) for row in report["groups"][by]]
    checked = set()
    for group, row in rows:
        for figure in report["figures"]:
            for part, number in shown(figure, row[figure["key"]]):
                if not number:
                    continue
                query = f"figure={figure['key']}&period={month}&by={group}&of={row['key'] or ''}&part={part}"
                what = f"{query}: {number}"
                things = hall.api("GET", f"/monthly/things?{query}")
                assert things["total"] == len(things["items"]) == number, what
                path = LISTS.get(figure["thing"])
                if path:
                    page = hall.api("GET", f"{path}?{query}&limit=200")
                    assert page["total"] == number, what
                    ids = {item["number" if path == "/cases" else "id"] for item in page["items"]}
                    assert ids <= {thing["id"] for thing in things["items"]} and len(ids) == min(number, 200), what
                checked.add(figure["key"])
    if by == "unit":
        wanted = {figure["key"] for figure in report["figures"]} - {"days_early", "early", "warning", "no_number"}
        assert wanted <= checked, wanted - checked


def test_a_month_beside_the_one_before(hall):
    first, _ = last_month()
    before = (first - datetime.timedelta(days=1)).strftime("%Y-%m")
    report, then = (hall.api("GET", f"/monthly?period={month}&by=unit") for month in (first.strftime("%Y-%m"), before))
    assert report["before"] == then["total"] and report["total"]["done"] > 100
    others = {row["key"]: row for row in then["groups"]["unit"]}
    for row in report["groups"]["unit"]:
        assert (row["before"] is None) == (row["key"] not in others)
        if row["before"]:
            assert {**row["before"], "before": None} == {**others[row["key"]], "before": None}
    lows = [row["on_time"]["low"] for row in report["groups"]["unit"] if row["key"]]
    assert lows == sorted(lows, reverse=True) and len(lows) == 5
    assert sum(day["done"] for day in report["days"]) == report["total"]["done"]
    assert sum(hour["n"] for hour in report["hours"]) == report["total"]["wait"]["of"] == 60
    assert any("黄牌" in sentence for sentence in report["text"]["zh"]) and len(report["text"]["zh"]) == len(report["text"]["en"])
    assert "李敏" not in str(report["text"]), "persons are not named"


def test_wrong_questions_are_told(hall):
    for wrong in ("/monthly?period=2026-Q4", "/monthly?period=2999-01", "/monthly?by=planet", "/monthly/things", "/monthly/things?figure=luck",
                  "/cases?figure=rated", "/ratings?figure=done", "/flags?figure=done", "/cases?figure=done&period=2026"):
        answer = hall.http("GET", f"/api/v1{wrong}")
        assert answer.status_code == 400 and answer.json()["error"]["message"], wrong
    sheet = hall.http("GET", f"/api/v1/cases?figure=overtime&period={last_month()[0].strftime('%Y-%m')}&format=csv")
    total = hall.api("GET", f"/cases?figure=overtime&period={last_month()[0].strftime('%Y-%m')}")["total"]
    assert sheet.status_code == 200 and len(sheet.content.decode().strip().splitlines()) == total + 1 > 1


def test_pages_and_workbook_say_the_same(hall):
    first, _ = last_month()
    month = first.strftime("%Y-%m")
    report = hall.api("GET", f"/monthly?period={month}&by=unit")
    pdf = hall.http("GET", f"/api/v1/monthly/report?period={month}")
    assert pdf.status_code == 200 and pdf.content.startswith(b"%PDF"), pdf.text[:200]
    if folder := os.environ.get("HALLWATCH_SHOTS"):
        Path(folder, "monthly.pdf").write_bytes(pdf.content)
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf.content, stdout=subprocess.PIPE, check=True).stdout.decode()
    assert f"{first.year} 年 {first.month} 月电子监察月报" in said
    on_time = report["total"]["on_time"]
    assert f"{on_time['n']}/{on_time['of']}" in said and "各时段等候" in said and "人社" in said
    book = openpyxl.load_workbook(io.BytesIO(hall.http("GET", f"/api/v1/monthly/report?period={month}&format=xlsx").content))
    assert {"各项指标", "部门", "窗口", "人员", "事项"} <= set(book.sheetnames)
    head, *rows = list(book["部门"].iter_rows(values_only=True))
    rows = [dict(zip(head, row)) for row in rows]
    for row, unit in zip(rows, report["groups"]["unit"]):
        assert (row["代码"], row["办结量"], row["超期办结"], row["按时办结率分子"]) == (unit["key"], unit["done"], unit["overtime"], unit["on_time"]["n"])
    assert len(rows) == len(report["groups"]["unit"])
    said = hall.http("GET", f"/api/v1/monthly/report?period={month}&language=en")
    assert said.status_code == 200
    assert hall.api("GET", "/audit?action=monthly.save")["total"] == 3


def kept(box, month):
    return [row for row in box.api("GET", f"/monthly/reports?period={month}")["items"] if row["state"] == "made"]


def test_kept_as_it_was_made_and_a_new_version_beside_it(hall):
    month = last_month()[0].strftime("%Y-%m")
    wait_for(lambda: kept(hall, month), why="the report of the last month made by itself")
    [first] = kept(hall, month)
    assert first["by"] == "system" and first["version"] == 1 and first["changes"] == []
    files = {form: (hall.data / "reports" / f"{month}-v1.{form}").read_bytes() for form in ("pdf", "xlsx")}
    for form, content in files.items():
        assert hashlib.sha256(content).hexdigest() == first[f"{form}_sha256"]
        assert hall.http("GET", f"/api/v1/monthly/reports/{first['id']}/file?format={form}").content == content
    store = sqlite3.connect(hall.data / "hall.db", timeout=30)
    with store:
        store.execute("UPDATE rating SET is_counted = 0 WHERE id = (SELECT id FROM rating WHERE event_at >= ? AND event_at < ? AND level >= 3 LIMIT 1)",
                      (moment(last_month()[0], 0), moment(last_month()[1], 0)))
    store.close()
    assert hall.http("POST", "/api/v1/monthly/reports", json={"period": month}).status_code == 202
    wait_for(lambda: len(kept(hall, month)) == 2, why="another version")
    second = kept(hall, month)[0]
    changed = {one["figure"]: (one["was"], one["is"]) for one in second["changes"]}
    assert second["version"] == 2 and second["by"] != "system" and changed["rated"][0] == changed["rated"][1] + 1
    assert {form: (hall.data / "reports" / f"{month}-v1.{form}").read_bytes() for form in files} == files, "what was made stays"
    assert hall.http("POST", "/api/v1/monthly/reports", json={"period": "2999-01"}).status_code == 400
    assert hall.http("GET", "/api/v1/monthly/reports/999/file").status_code == 404
    assert [row["subject"] for row in hall.api("GET", "/audit?action=monthly.open")["items"]] == [f"{month}-v1"] * 2
    assert hall.api("GET", "/audit?action=monthly.make")["items"][0]["subject"] == month
