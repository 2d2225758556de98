# SPDX-License-Identifier: Apache-2.0
"""Figures for the director, for whoever is rated, and for everybody."""
import datetime
import json
import os
import sqlite3
import subprocess
import uuid
from pathlib import Path

import pytest
import requests

from support.box import wait_for
from support.page import PASSWORD

HALL = datetime.timezone(datetime.timedelta(hours=8))
# What must not be on a public page: who wrote, who was rated, whose case it is.
MARKED = ["标记甲", "标记乙", "标记丙", "13800001111", "ZJ-MARK-77", "037199887766"]
TEXT = "标记甲电话13800001111，等了很久"


def moment(days_ago, hour=10, minute=0):
    """A moment of the hall's day, in ms."""
    day = datetime.datetime.now(HALL).replace(hour=hour, minute=minute, second=0, microsecond=0) - datetime.timedelta(days=days_ago)
    return int(day.timestamp() * 1000)


def fill(box, months=13):
    """A year and a month of a small hall, written beside the running box: its triggers see to the rest."""
    store = sqlite3.connect(box.data / "hall.db", timeout=30)
    n = 0
    with store:
        for day in range(1, months * 31):
            for k in range(12):
                n += 1
                at, counter, who = moment(day, 8 + k % 9, n % 60), f"c{1 + k % 2}", ("007", "标记乙") if k % 2 == 0 else ("008", "李明")
                level = 1 + n % 2 if n % (18 + day // 40) == 0 else (5, 5, 4, 5, 3)[n % 5]
                store.execute(
                    "INSERT INTO case_file(number, item_code, item_name, unit, kind, limit_days, statutory_days, counter, person_number,"
                    " person_name, channel, created_at, updated_at, state, is_open, grade, accepted_at, finished_at, due_at,"
                    " is_provisional, days_used) VALUES(?,?,?,?,'promised',5,20,?,?,?,?,?,0,'finished',0,'none',?,?,?,0,2)",
                    (f"ZJ-MARK-77-{n}", f"i{n % 4}", ("社保卡申领", "食品经营许可", "老年优待证", "户籍迁移")[n % 4],
                     ("人社", "市场监管", "民政", "公安")[n % 4], counter, *who, "online" if n % 3 == 0 else "hall", at, at, at,
                     at + (60000 if n % 40 else -60000)))
                if n % 4:
                    store.execute(
                        "INSERT INTO rating(id, level, tags, tags_version, text, channel, counter, counter_name, case_number, staff_number,"
                        " staff_name, event_at, received_at, age_ms, marks, is_counted) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,0,0,1)",
                        (str(uuid.uuid4()), level, '["213","201"]' if level == 2 else '["115"]' if level == 1 else "[]", "1",
                         TEXT if level <= 2 else None, "pad" if n % 3 else "qr", counter, f"{counter[1]}号窗口", f"ZJ-MARK-77-{n}", *who, at,
                         at))
        version = store.execute("SELECT tags_version FROM rating WHERE length(tags_version) > 3 LIMIT 1").fetchone()
        if version:
            store.execute("UPDATE rating SET tags_version = ?", version)
    store.close()


def shoot(page, name):
    """For people who look at the pages; only where a folder is named."""
    folder = os.environ.get("HALLWATCH_SHOTS")
    if not folder:
        return
    for width, height in ((1920, 1080), (390, 844)):
        page.driver.set_window_size(width, height)
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
        wait_for(lambda: page.driver.execute_script("return document.readyState") == "complete")
        page.driver.execute_script("window.dispatchEvent(new Event('resize'))")
        page.driver.execute_script("return new Promise(done => setTimeout(done, 700))")
        page.driver.save_screenshot(f"{folder}/{name}-{width}.png")
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.fixture
def hall(make_box):
    box = make_box()
    for name, role, more in (("zhuren", "director", ()), ("wang", "staff", ("--staff", "007")), ("xiao", "staff", ())):
        box.command("user", "add", name, "--role", role, "--password-stdin", *more, "--data", box.data, stdin=PASSWORD + "\n")
    box.api("POST", "/ratings", {"id": str(uuid.uuid4()), "level": 5, "counter": "c1", "channel": "pc"})  # a tag table's version
    fill(box)
    return box


def public_page(box, page):
    assert requests.get(box.url + "/api/v1/public/figures", verify=False).status_code == 404
    page.driver.get(box.url + "/public")
    page.find("public-off")
    box.change(door={**box.config["door"], "public_page": True})
    wait_for(lambda: requests.get(box.url + "/api/v1/public/figures", verify=False).status_code == 200, why="the public page is on")
    page.driver.get(box.url + "/public")
    assert page.text("public-hall").startswith("青石镇为民服务中心")
    month = datetime.datetime.now(HALL).strftime("%Y-%m")
    figures = box.api("GET", "/public/figures")
    good = figures["month"]["good"]
    assert good["of"] > 50 and f"{good['n']:,} / {good['of']:,}" in page.text("public-good")
    page.find(f"public-month-{month}")
    assert figures["at"][:16].replace("T", " ") in page.text("public-at") or page.text("public-at")
    said = page.driver.page_source + json.dumps(figures, ensure_ascii=False)
    for name in MARKED:
        assert name not in said, f"{name} is on the public page"
    assert not page.driver.get_cookies(), "nobody is known by it"
    shoot(page, "public")


def check_report(pdf, month):
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True).stdout.decode()
    assert f"{month[:4]} 年 {int(month[5:])} 月好差评月报" in said, said
    for part in ("好评率", "主动评价率", "差评整改率", "按时办结率", "实际提速率", "窗口排名", "人员排名", "差评原因", "1号窗口"):
        assert part in said, part
    for name in MARKED:
        assert name not in said or name == "标记乙", name  # staff are ranked by name
    if folder := os.environ.get("HALLWATCH_SHOTS"):
        Path(folder, "monthly.pdf").write_bytes(pdf)


def directors_page(box, page):
    page.log_in(box, "zhuren")
    page.click("nav-ratings")
    page.click("view-figures")
    page.click("range-lastmonth")
    assert "range=lastmonth" in page.driver.current_url
    total = box.api("GET", "/figures/summary?from=0")["total"]
    assert total["good"]["of"] > 1000 and total["services"] > total["n"] > total["bad"]["n"] > 0
    wait_for(lambda: "上月同期" in page.text("figures-good") and "%" in page.text("figures-good"), why="last month's figures")
    page.click("range-year")
    page.find("tag-bar-115")
    for name in ("n", "services", "active", "rectified", "called", "on_time", "online", "promised", "sped_up"):
        page.find(f"figures-{name}")
    wait_for(lambda: int(page.find("chart-good").get_attribute("data-points")) >= 10, why="a trend")
    assert "去年同期" in page.text("figures-n")
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", page.find("by-item"))
    page.click("by-item")
    page.find("ranking-i0")
    page.driver.execute_script("scrollTo(0, 0)")
    shoot(page, "figures")
    report = requests.get(page.find("report-pdf").get_attribute("href"), cookies={c["name"]: c["value"] for c in page.driver.get_cookies()},
                          verify=False)
    assert report.status_code == 200 and report.content.startswith(b"%PDF")
    last = (datetime.datetime.now(HALL).replace(day=1) - datetime.timedelta(days=1)).strftime("%Y-%m")
    check_report(box.http("GET", f"/api/v1/report?period={last}").content, last)
    # What is voided leaves the figures at once.
    before = box.api("GET", "/figures/summary?from=0")["total"]["bad"]["n"]
    store = sqlite3.connect(box.data / "hall.db", timeout=30)
    with store:
        store.execute("UPDATE rating SET is_counted = 0 WHERE rowid = (SELECT max(rowid) FROM rating WHERE level <= 2)")
    store.close()
    assert box.api("GET", "/figures/summary?from=0")["total"]["bad"]["n"] == before - 1
    page.driver.delete_all_cookies()


def own_page(box, page):
    page.log_in(box, "wang")
    page.click("nav-mine")
    page.click("range-year")
    texts = wait_for(lambda: page.all("mine-text"), why="what was written")
    assert "等了很久" in texts[0].text and "***" in texts[0].text
    shown = page.driver.page_source
    for name in ("13800001111", "ZJ-MARK-77", "李明", moment_text(3)):
        assert name not in shown, name
    for path in ("/ratings", "/figures?by=staff&from=0", "/figures/summary?from=0"):
        status = page.driver.execute_script("return fetch('/api/v1' + arguments[0]).then(a => a.status)", path)
        assert status == 403, path
    shoot(page, "mine")
    page.driver.delete_all_cookies()
    page.log_in(box, "xiao")
    page.click("nav-mine")
    wait_for(lambda: "还没有登记工号" in page.driver.page_source, why="nobody is rated under this name")


def moment_text(days_ago):
    return datetime.datetime.fromtimestamp(moment(days_ago) / 1000, HALL).strftime("%Y-%m-%d")


def test_figures_for_everybody_for_the_director_and_for_oneself(hall, page):
    public_page(hall, page)
    directors_page(hall, page)
    own_page(hall, page)
