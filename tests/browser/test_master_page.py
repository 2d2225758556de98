# SPDX-License-Identifier: Apache-2.0
"""Master data in the page: a table is looked at and imported, a record changed by two people, a week of the roster, the
calendar's next year, and the guide behind the code on the wall."""
import time

from selenium.webdriver.common.by import By

from support.box import ROOT, wait_for
from support.page import PASSWORD, shoot


def give(page, name, path):
    page.driver.find_element(By.CSS_SELECTOR, f'[data-testid="{name}"]').send_keys(str(path))


def put(page, name, text):
    field = page.find(name)
    field.clear()
    field.send_keys(text)


def import_file(page, path, n):
    page.click("master-import-open")
    give(page, "import-file", path)
    page.wait_text("import-apply", str(n))
    return page


def test_a_hall_is_described(make_box, page):
    box = make_box(start=False)
    year = time.localtime().tm_year + 1
    (box.data / "calendar" / f"{year}.tsv").unlink()
    box.start()
    box.command("user", "add", "zhao", "--role", "director", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    page.log_in(box, "zhao")
    if time.localtime().tm_mon >= 11:
        page.wait_text("calendar-missing", f"{year} 年节假日安排尚未导入")
    page.click("user-menu")
    page.click("menu-master")
    import_file(page, ROOT / "demo/master/items.csv", 42)
    shoot(page, "import")
    page.click("import-apply")
    page.wait_text("master-total", "42")
    # The second file: one changed, one refused.
    text = (ROOT / "demo/master/items.csv").read_text().replace("370000-RS-007,就业创业证申领,人社所,承诺件,10,3", "370000-RS-007,就业创业证申领,人社所,承诺件,10,2")
    second = box.folder / "second.csv"
    second.write_text(text.replace("370000-SC-001,个体工商户登记,市场监管所,承诺件,5,1", "370000-SC-001,个体工商户登记,市场监管所,承诺件,5,9"))
    import_file(page, second, 1)
    assert "承诺时限不能长于法定时限" in page.text("import-refused") and "就业创业证申领" in page.text("import-changed")
    shoot(page, "import-second")
    page.click("import-apply")
    page.gone("import-report")
    # Two people: the later is refused, reads anew and repeats.
    page.click("master-row-370000-RS-007")
    assert page.find("master-limit_days").get_attribute("value") == "2"
    box.api("PUT", "/master/items/370000-RS-007", {"fees": "免费", "version": box.api("GET", "/master/items/370000-RS-007")["version"]})
    put(page, "master-telephone", "0531-1")
    page.click("master-save")
    page.wait_text("master-problem", "刚被他人更改")
    assert box.api("GET", "/master/items/370000-RS-007")["telephone"] != "0531-1"
    page.driver.refresh()
    put(page, "master-telephone", "0531-2")
    shoot(page, "item")
    page.click("master-save")
    wait_for(lambda: box.api("GET", "/master/items/370000-RS-007")["telephone"] == "0531-2", why="saved")
    page.click("master-codes")
    wait_for(lambda: len(page.driver.find_elements(By.CSS_SELECTOR, ".item-card img")) == 42, why="a code for each item")
    shoot(page, "codes")
    # Staff and a week of the roster.
    page.driver.get(f"{box.url}/master?tab=staff")
    import_file(page, ROOT / "demo/master/staff.csv", 14)
    page.click("import-apply")
    page.wait_text("master-total", "14")
    page.driver.get(f"{box.url}/master?tab=roster&week=2026-11-24")
    page.click("roster-c1-2026-11-24")
    page.type("roster-staff", "王秀兰")
    page.click("roster-save")
    wait_for(lambda: "王秀兰" in page.text("roster-c1-2026-11-24"), why="she is in the roster")
    page.click("roster-leave-2026-11-25")
    page.type("roster-staff", "李建国")
    page.type("roster-note", "年休假")
    page.click("roster-save")
    wait_for(lambda: "李建国" in page.text("roster-leave-2026-11-25"), why="he has leave")
    page.click("roster-c2-2026-11-24")
    page.type("roster-staff", "王秀兰")
    page.click("roster-save")
    page.wait_text("roster-problem", "已排在其他窗口")
    shoot(page, "roster")
    page.click("roster-next")
    page.click("roster-copy")
    wait_for(lambda: "王秀兰" in page.text("roster-c1-2026-12-01"), why="the week is like the one before")
    # Next year's days.
    page.driver.get(f"{box.url}/master?tab=calendar")
    page.click("calendar-add")
    page.type("calendar-text", "元旦放假")
    page.click("calendar-save")
    page.wait_text("calendar-problem", "第 1 行看不懂")
    put(page, "calendar-text", f"{year}-01-01 放假\n{year}-10-01 至 {year}-10-07 放假")
    page.click("calendar-save")
    page.wait_text(f"calendar-{year}", "10 月 1、")
    page.gone("calendar-missing")
    shoot(page, "calendar")
    # As a citizen sees it.
    page.driver.get(f"{box.url}/i/370000-MZ-003")
    page.wait_text("guide-limit", "15 个工作日")
    assert "户口簿原件" in page.text("guide-papers") and "0531-85550102" in page.text("guide-call")
    shoot(page, "guide")
    page.click("guide-large")
    page.driver.get(f"{box.url}/i/")
    page.type("guide-search", "低保")
    page.driver.get(f"{box.url}/i/nothing")
    page.wait_text("guide-problem", "没有这个事项")
