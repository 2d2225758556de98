# SPDX-License-Identifier: Apache-2.0
"""The case page draws a case's life on one line: a joint case of 45 working days with five pauses, one of an hour, and what
is played from it; from top to bottom on a telephone."""
import time
from datetime import datetime

from selenium.webdriver.common.by import By

from support.box import wait_for
from support.page import PASSWORD, shoot
from support.pad import Pad

NOW = "2026-11-25T10:00:00"
WANG, ZHAO = {"number": "007", "name": "王芳"}, {"number": "011", "name": "赵敏"}


def tell(box, number, *events):
    for n, (kind, at, more) in enumerate(events):
        box.api("POST", f"/cases/{number}/events", {"id": f"e{n}", "kind": kind, "at": f"2026-{at}:00+08:00", **more})


def long_case(box):
    """Three units, five pauses, an extension that nobody approved."""
    box.api("PUT", "/cases/QS-45", {"item": {"code": "gd", "name": "农村宅基地用地建房联合审批"}, "unit": "自然资源", "kind": "promised", "limit_days": 45,
                                    "counter": "c1", "applicant": "王秀英", "phone": "13805371234", "person": WANG,
                                    "units": [{"unit": "自然资源", "limit_days": 45, "lead": True}, {"unit": "农业农村", "limit_days": 10}, {"unit": "住建", "limit_days": 5}]})
    tell(box, "QS-45", ("received", "09-07T09:00", {"person": WANG}), ("papers_asked", "09-08T10:00", {"reason": "户口簿复印件"}),
         ("papers_handed", "09-10T09:00", {}), ("accepted", "09-11T09:30", {"person": WANG}),
         ("sent", "09-14T10:00", {"node": "现场踏勘", "unit": "农业农村", "person": ZHAO}), ("node", "09-21T10:00", {"node": "现场踏勘", "unit": "农业农村", "result": "agreed"}), ("unit_done", "09-21T10:05", {"unit": "农业农村"}),
         ("paused", "09-22T10:00", {"procedure": "hearing", "days": 3}), ("resumed", "09-25T10:00", {}),
         ("paused", "09-29T10:00", {"procedure": "review", "days": 5}), ("resumed", "10-09T10:00", {}),
         ("sent", "10-12T10:00", {"node": "建房审查", "unit": "住建", "days": 5}), ("paused", "10-13T10:00", {"procedure": "test", "days": 4, "unit": "住建"}),
         ("resumed", "10-19T10:00", {"unit": "住建"}), ("paused", "10-21T10:00", {"procedure": "other", "days": 2}), ("resumed", "10-23T10:00", {}),
         ("papers_asked", "10-28T10:00", {"reason": "四至邻居签字"}), ("papers_handed", "11-02T10:00", {}),
         ("extended", "11-16T10:00", {"days": 10, "reason": "情况复杂"}))


def short_case(box):
    box.api("PUT", "/cases/QS-1H", {"item": {"code": "sb", "name": "社会保障卡补换"}, "unit": "人社", "kind": "instant", "counter": "c1", "person": WANG})
    tell(box, "QS-1H", ("received", "11-25T08:40", {"person": WANG}), ("accepted", "11-25T08:45", {"person": WANG}), ("finished", "11-25T09:40", {"person": WANG}))
    ms = int(datetime.fromisoformat("2026-11-25T08:38:00+08:00").timestamp() * 1000)
    box.api("PUT", "/tickets/t9", {"number": "A012", "counter": "c1", "case": "QS-1H", "issued": ms - 900_000, "called": ms, "served": ms + 60_000})


def rate(box, number):
    pad = Pad(box, "p1", tls=False).wait_connected()
    invitation = box.api("POST", "/invitations", {"counter": "c1", "case": number})["id"]
    pad.acknowledge(invitation)
    rating = pad.press(2, inv=invitation)
    pad.wait_stored(rating)
    pad.close()
    return rating


def widths(page, kind):
    return [float(part.get_attribute("style").split("width: ")[1].split("%")[0])
            for part in page.driver.find_elements(By.CSS_SELECTOR, f"[data-testid=case-line-days] .day-{kind}")]


def test_the_life_of_a_case(make_box, make_camera, page):
    camera = make_camera()
    box = make_box({"cameras": [camera.config()]}, start=False)
    box.fault(f"clock offset {int(datetime.fromisoformat(NOW + '+08:00').timestamp() - time.time())}")
    box.start()
    box.command("user", "add", "zhuren", "--role", "director", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    long_case(box)
    short_case(box)
    box.wait_camera("cam1")
    rating = rate(box, "QS-1H")

    page.log_in(box, "zhuren")
    page.find("user-menu")
    page.driver.set_window_size(1920, 1080)
    page.driver.get(box.url + "/cases?number=QS-45")
    assert page.find("case-line").get_attribute("data-lies") == "1"
    known = box.api("GET", "/cases/QS-45")
    days = known["line"]["days"]
    # As many days of each kind as the box says, worked ones alike and rest days narrower; beyond them the way to the due day.
    used = widths(page, "used")
    assert len(used) == days.count("u") == known["days_used"] and max(used) - min(used) < 0.1
    assert len(widths(page, "paused")) == days.count("p") > 8 and max(widths(page, "rest")) < min(used) / 2
    assert len(page.driver.find_elements(By.CSS_SELECTOR, ".holder")) == len(known["line"]["segments"]) > 8
    for unit in ("自然资源", "农业农村", "住建"):
        page.find(f"case-unit-{unit}")
    assert "牵头" in page.text("case-unit-自然资源") and "已办完，用 6 个工作日" in page.text("case-unit-农业农村")
    assert "超时" in page.text("case-unit-住建")
    assert page.driver.find_elements(By.CSS_SELECTOR, ".mark.is-ignored"), "an extension that nobody approved"
    assert page.driver.execute_script("const p = document.querySelector('.panel-body'); return p.scrollWidth <= p.clientWidth"), "nothing is cut off"
    shoot(page, "case-long")
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True})
    wait_for(lambda: page.find("case-line").get_attribute("data-lies") == "0", why="it stands")
    assert page.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert "四至邻居签字" in page.text("case-line") and "王芳" in page.text("case-segment-0")
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    page.driver.get(box.url + "/cases?number=QS-1H")
    assert page.find("case-line").get_attribute("data-lies") == "1" and not page.all("case-line-days")
    assert "叫号 A012" in page.text("case-line") and "不满意" in page.text("case-line")
    shoot(page, "case-hour")
    page.click(f"case-play-{rating}")
    page.find("case-line-clip")
    wait_for(lambda: page.driver.find_elements(By.CSS_SELECTOR, "[data-testid=case-line-clip] [data-testid=clip]"), why="the clip is opened")

    the_list(box, page)


def numbers(box, asked):
    return sorted(row["number"] for row in box.api("GET", "/cases?" + asked)["items"])


def the_list(box, page):
    """What is due today, waits for papers, was filed online, is whose; staff begin with their own."""
    for number, more, events in (("QS-P", {"channel": "online"}, [("received", "11-24T09:00", {}), ("papers_asked", "11-25T09:00", {"reason": "照片"})]),
                                 ("QS-T", {"channel": "agent", "person": ZHAO, "limit_days": 1}, [("accepted", "11-24T09:00", {}), ("sent", "11-24T10:00", {"node": "审核", "person": ZHAO})])):
        box.api("PUT", f"/cases/{number}", {"item": {"code": "x", "name": "高龄津贴申领"}, "unit": "民政", "kind": "promised", "limit_days": 8, "counter": "c2", **more})
        tell(box, number, *events)
    assert numbers(box, "due=today") == ["QS-T"] and numbers(box, "papers=1") == ["QS-P"] and numbers(box, "channel=online") == ["QS-P"]
    assert numbers(box, "unit=民政&open=1") == ["QS-P", "QS-T"] and box.api("GET", "/cases?due=tomorrow", status=400)
    rows = {row["number"]: row for row in box.api("GET", "/cases")["items"]}
    assert rows["QS-T"]["holder"] == {"node": "审核", "unit": None, "person_name": "赵敏"} and rows["QS-1H"]["holder"] is None
    page.driver.get(box.url + "/cases?channel=agent")
    page.find("case-row-QS-T")
    page.gone("case-row-QS-P")
    page.driver.get(box.url + "/cases")
    assert "审核 赵敏" in page.text("case-holder-QS-T") and "申请人补材料" in page.text("case-holder-QS-P")
    shoot(page, "cases")
    page.click("filter-papers-1")
    page.gone("case-row-QS-T")
    page.find("case-row-QS-P")

    box.command("user", "add", "zhaomin", "--role", "staff", "--staff", "011", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    page.driver.delete_all_cookies()
    page.log_in(box, "zhaomin")
    page.find("user-menu")
    page.driver.get(box.url + "/cases")
    page.find("case-row-QS-T")
    assert len(page.driver.find_elements(By.CSS_SELECTOR, ".case-row")) == 1
    page.click("filter-mine")
    page.find("case-row-QS-P")
