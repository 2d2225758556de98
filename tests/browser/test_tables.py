# SPDX-License-Identifier: Apache-2.0
"""What is seen is to be had as a file: on each page a button that gives it, in the page's language."""
import os
import sqlite3

import openpyxl
import pytest
import requests

from support.box import wait_for
from support.hall_months import fill, last_month
from support.page import PASSWORD

# Page, its buttons' name, a title in its file in both languages.
PAGES = [
    ("ratings?range=custom&from={from}&to={to}", "ratings", "评价时间", "rated at"),
    ("ratings?view=open", "rectifications", "截止时间", "due"),
    ("ratings?view=ended", "rectifications", "办结时间", "closed at"),
    ("ratings?view=figures&range=lastmonth", "ranking", "好评率分子", "good rate, of these"),
    ("complaints?view=open", "complaints", "承办人", "owner"),
    ("callbacks?view=painpoints&month={month}", "painpoints", "原话", "words"),
    ("cards", "cards", "录入人", "entered by"),
    ("cases", "cases", "承诺天数", "limit in days"),
    ("flags", "flags", "提出时间", "raised at"),
    ("exports", "exports", "导出人", "by"),
    ("exports?tab=holds", "holds", "保留人", "placed by"),
    ("outbox", "outbox", "接收方", "receiver"),
    ("audit", "audit", "动作", "action"),
]


@pytest.fixture
def hall(make_box):
    box = make_box()
    box.command("user", "add", "guanli", "--role", "admin", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    fill(box, months=3)
    return box


def shoot(page, name):
    """For people who look at the pages; only where a folder is named."""
    folder = os.environ.get("HALLWATCH_SHOTS")
    for width, height in ((1920, 1080), (390, 844)) if folder else ():
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
        page.driver.execute_script("return new Promise(done => setTimeout(done, 500))")
        page.driver.save_screenshot(f"{folder}/table-{name}-{width}.png")
    if folder:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def head_of(page, button):
    """The first line of what a button gives, as the browser would get it."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.driver.get_cookies()}
    address = wait_for(lambda: (found := page.all(button)) and found[0].get_attribute("href"), 15, 0.1, button)
    answer = requests.get(address, cookies=cookies, verify=False, timeout=30)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"], f"{address}: {answer.text}"
    return answer.content.decode("utf-8-sig").splitlines()[0]


def saves_it(hall, page, folder):
    """A click saves the file under its name; where it cannot be had the page says why."""
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})
    page.driver.get(f"{hall.url}/cases")
    page.click("cases-xlsx")
    [saved] = wait_for(lambda: list(folder.glob("办件-*.xlsx")), why="the file is there")
    assert openpyxl.load_workbook(saved).active.max_row == hall.api("GET", "/cases")["total"] + 1
    store = sqlite3.connect(hall.data / "hall.db", timeout=60)
    with store:
        store.executemany("INSERT INTO audit(at, who, action, subject) VALUES(?, 'many', 'test.row', 'x')",
                          ((1700000000000 + i,) for i in range(100001)))
    store.close()
    page.driver.get(f"{hall.url}/audit?range=custom&from=2023-11-01&to=2023-11-30")
    page.click("audit-csv")
    wait_for(lambda: "超过 10 万行" in page.driver.find_element("tag name", "body").text, why="the page says why")


def test_each_page_gives_its_table(hall, page, tmp_path):
    first, end = last_month()
    days = {"from": first.isoformat(), "to": end.isoformat(), "month": first.strftime("%Y-%m")}
    page.log_in(hall, "guanli")
    page.find("tile-ratings")
    for path, name, chinese, _ in PAGES:
        page.driver.get(f"{hall.url}/{path.format(**days)}")
        if (path, name) == ("outbox", "outbox"):  # nothing has gone out: no rows, no button
            page.find("list-total")
            assert not page.all("outbox-csv")
        else:
            assert f'"{chinese}"' in head_of(page, f"{name}-csv"), path
            assert page.find(f"{name}-xlsx").get_attribute("download") is not None
        shoot(page, name + ("-ended" if "ended" in path else ""))
    [one, *_] = saved = hall.api("GET", "/audit?action=sheet.save&who=guanli")["items"]
    assert len(saved) == len(PAGES) - 1 and one["subject"] == "audit"
    page.driver.get(f"{hall.url}/audit?action=sheet.save")
    page.wait_text(f"audit-row-{one['id']}", "审计记录")
    saves_it(hall, page, tmp_path)
    page.driver.execute_script("localStorage.setItem('hallwatch.language', 'en')")
    for path, name, _, english in (PAGES[0], PAGES[4], PAGES[8]):
        page.driver.get(f"{hall.url}/{path.format(**days)}")
        assert f'"{english}"' in head_of(page, f"{name}-csv"), path
