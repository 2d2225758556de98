# SPDX-License-Identifier: Apache-2.0
"""The query page 办件查询: a citizen finds the own case by number and four digits, by touch on the hall's screen and with the
code of the receipt on a telephone; who guesses learns nothing."""
import time
from datetime import datetime
from urllib.parse import parse_qs, urlparse

import pytest
import requests

from support.box import wait_for
from support.page import SHOTS, open_page
from support.touch import size, touch

COUNTERS = [{"id": "c1", "name": "1号 综合窗口"}, {"id": "c9", "name": "9号 出件窗口", "kind": "pickup"}]
NAME, PHONE, ID_NUMBER = "王秀英", "13805371234", "37010219400101123X"
CASE = {"item": {"code": "x", "name": "高龄津贴申领"}, "unit": "民政", "kind": "promised", "limit_days": 8, "counter": "c1", "applicant": NAME}
NOW = "2026-11-25T10:00:00"  # a Wednesday
KIOSK = ((1080, 1920), (1920, 1080))


@pytest.fixture(scope="module")
def hall(share_box):
    box = share_box({"counters": COUNTERS, "pads": []}, start=False)
    box.config["door"]["query_page"] = True
    box.write_config()
    box.fault(f"clock offset {int(datetime.fromisoformat(NOW + '+08:00').timestamp() - time.time())}")
    box.start()
    put(box, "QS-2026-0007", {"phone": PHONE}, ("received", 20, "09:00"), ("accepted", 20, "10:00"))
    put(box, "QS-2026-0008", {"phone": PHONE}, ("accepted", 20, "10:00"),
        ("papers_asked", 24, "10:00", f"{NAME}的户口簿复印件，联系电话{PHONE}"))
    put(box, "QS-2026-0009", {"id_number": ID_NUMBER}, ("accepted", 20, "10:00"), ("finished", 24, "10:00"))
    put(box, "QS-2026-0010", {"phone": PHONE}, ("received", 20, "10:00"), ("refused", 24, "10:00", "户籍不在本镇"))
    put(box, "QS-2026-0012", {"phone": PHONE}, ("accepted", 20, "10:00", "无房证明", {"tolerant": True, "papers_due": "2026-12-01"}))
    put(box, "QS-2026-0011", {"phone": PHONE}, ("accepted", 9, "10:00"))
    return box


def put(box, number, person, *events):
    box.api("PUT", f"/cases/{number}", {**CASE, **person})
    for kind, day, at, *more in events:
        reason, fields = (*more, None, {})[:2] if len(more) < 2 else more
        box.api("POST", f"/cases/{number}/events",
                {"id": kind, "kind": kind, "at": f"2026-11-{day:02}T{at}:00+08:00", "reason": reason, **(fields or {})})


def ask(box, number, tail, **more):
    return requests.post(box.url + "/api/v1/public/query", json={"number": number, "tail": tail, **more}, verify=False, timeout=10)


def touch_keys(page, text):
    for key in text:
        touch(page, f"key-{key}")


def check_for_the_old(page):
    """Targets of 60 px, text of 18 px, nothing wider than the screen."""
    small = page.driver.execute_script(
        "return [...document.querySelectorAll('button, input')].map(b => [b.textContent || b.className, b.getBoundingClientRect()])"
        ".filter(([, r]) => r.width && (r.height < 60 || r.width < 60)).map(([name]) => name)")
    assert small == [], "targets of 60 px"
    thin = page.driver.execute_script(
        "return [...document.querySelectorAll('main *')].filter(e => e.textContent.trim() && parseFloat(getComputedStyle(e).fontSize) < 18).map(e => e.outerHTML)")
    assert thin == [], "text of 18 px"
    assert page.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off"


def shoot(page, name):
    if SHOTS:
        page.driver.save_screenshot(f"{SHOTS}/{name}.png")


def test_an_old_person_at_the_screen_in_the_hall(hall, page):
    for width, height in KIOSK:
        size(page, width, height)
        page.driver.get(hall.url + "/query?kiosk=1")
        page.find("pad")
        check_for_the_old(page)
        shoot(page, f"query-kiosk-{width}")
        touch_keys(page, "QS-2026-0009")
        touch(page, "query-next")
        touch_keys(page, "1239")
        touch(page, "query-send")
        page.wait_text("query-problem", "没有找到")
        shoot(page, f"query-kiosk-wrong-{width}")
        touch_keys(page, "123X")
        touch(page, "query-send")
        assert "11月24日 已办结" == page.text("query-sentence")
        assert "9号 出件窗口" in page.text("query-wants")
        check_for_the_old(page)
        shoot(page, f"query-kiosk-found-{width}")
        touch(page, "large")
        wait_for(lambda: page.driver.execute_script("return getComputedStyle(document.documentElement).fontSize") == "30px", why="large text")
        check_for_the_old(page)
        shoot(page, f"query-kiosk-large-{width}")
        touch(page, "query-again")
        page.find("pad")
    assert page.find("query-number").get_attribute("value") == "" and page.driver.current_url.endswith("/query?kiosk=1")
    assert "0009" not in page.driver.page_source
    page.driver.back()
    assert hall.url not in page.driver.current_url or "0009" not in page.driver.page_source, "nothing lies behind it"


def test_nobody_touches_it(hall, page):
    size(page, 1080, 1920)
    # The minute passes at once: the page's own clock is moved.
    page.driver.get(hall.url + "/query?kiosk=1")
    touch_keys(page, "QS-2026-0007")
    touch(page, "query-next")
    touch_keys(page, "1234")
    touch(page, "query-send")
    page.find("query-result")
    wait_for(lambda: int(page.find("query-idle").get_attribute("data-left")) < 60, why="it counts")
    page.driver.execute_script("const now = Date.now; window.skip = 45000; Date.now = () => now() + window.skip")
    wait_for(lambda: int(page.find("query-idle").get_attribute("data-left")) < 20, why="it counts down")
    shoot(page, "query-kiosk-idle")
    touch(page, "query-stay")
    wait_for(lambda: int(page.find("query-idle").get_attribute("data-left")) > 50, why="touched")
    page.find("query-result")
    page.driver.execute_script("window.skip += 61000")
    page.gone("query-result")
    assert page.find("query-number").get_attribute("value") == ""


def test_by_telephone_with_the_code_of_the_receipt(hall, page):
    code = hall.api("GET", "/cases/QS-2026-0007/query-code")
    assert code["svg"].startswith("<") and PHONE not in code["url"]
    size(page, 390, 844)
    page.driver.get(code["url"])
    page.find("query-tail")
    assert page.driver.current_url == hall.url + "/query", "the address says nothing of the case"
    shoot(page, "query-telephone-tail")
    check_for_the_old(page)
    page.type("query-tail", "1234")
    page.click("query-send")
    assert page.text("query-sentence") == "已受理，正在办理，预计 12月2日 前办结"
    assert "还剩 5 个工作日" in page.text("query-due") and page.text("query-applicant") == "王*英"
    assert page.find("query-step-in_hand").get_attribute("data-state") == "now"
    check_for_the_old(page)
    shoot(page, "query-telephone-found")
    assert PHONE not in page.driver.page_source and NAME not in page.driver.page_source
    page.click("query-again")
    page.type("query-number", "qs-2026-0008")
    shoot(page, "query-telephone")
    page.click("query-next")
    page.type("query-tail", "1234")
    page.click("query-send")
    assert "等您补交材料" in page.text("query-sentence")
    assert "***的户口簿复印件，联系电话***" in page.text("query-wants")
    shoot(page, "query-telephone-papers")
    page.click("language")
    assert "papers" in page.text("query-wants")


def test_what_it_says(hall):
    late = ask(hall, "QS-2026-0011", "1234").json()
    assert late["days_left"] == -4 and late["state"] == "accepted"
    refused = ask(hall, "ＱＳ-2026-0010 ", "1234").json()
    assert refused["why"] == "户籍不在本镇" and [s["step"] for s in refused["steps"]] == ["received", "refused"]
    done = ask(hall, "QS-2026-0009", "123x").json()
    assert [(s["step"], s["state"]) for s in done["steps"]] == [
        ("received", "done"), ("accepted", "done"), ("in_hand", "done"), ("finished", "done"), ("picked_up", "ahead")]
    tolerant = ask(hall, "QS-2026-0012", "1234").json()
    assert tolerant["wants"] == [{"what": "papers", "text": "无房证明", "due_on": "2026-12-01", "counter": None}]
    hall.api("POST", "/cases/QS-2026-0012/events", {"id": "h", "kind": "papers_handed", "at": "2026-11-25T09:00:00+08:00"})
    assert ask(hall, "QS-2026-0012", "1234").json()["wants"] == []
    for whole in (late, refused, done, tolerant):
        text = str(whole)
        assert not [part for part in (NAME, PHONE, ID_NUMBER, "counter_id", "person") if part in text], text


def shut(box, number, seconds):
    """Guesses at a number until it has to be waited so long; how many guesses were free."""
    free = None
    for n in range(100):
        answer = ask(box, number, f"{n:04}")
        if answer.status_code == 404:
            continue
        free = free or n
        wait = int(answer.headers["Retry-After"])
        if wait >= seconds:
            return free
        time.sleep(wait)
    raise AssertionError("never shut")


def test_who_guesses_learns_nothing(hall):
    wrong = [ask(hall, number, tail) for number, tail in (("QS-2026-0007", "0000"), ("QS-2026-9999", "1234"), ("QS-2026-0009", "1234"))]
    assert {answer.status_code for answer in wrong} == {404} and len({answer.text for answer in wrong}) == 1
    assert len({str(sorted(set(answer.headers) - {"Date"})) for answer in wrong}) == 1
    for body in ({"number": "QS-2026-0007", "tail": "123"}, {"number": "", "tail": "1234"}, {"tail": "1234"}, {"number": "x" * 300, "tail": "1234"}):
        assert requests.post(hall.url + "/api/v1/public/query", json=body, verify=False, timeout=10).status_code == 400
    # A number that there is and one that there is not are shut alike.
    assert shut(hall, "QS-2026-7777", 1) == shut(hall, "QS-2026-0010", 7) == 10
    assert ask(hall, "QS-2026-0010", "1234").status_code == 429, "also for the right digits"
    # The owner's receipt still opens it.
    url = hall.api("GET", "/cases/QS-2026-0010/query-code")["url"]
    sign = parse_qs(urlparse(url).query)["sign"][0]
    assert ask(hall, "QS-2026-0010", "1234", sign=sign).status_code == 200
    assert ask(hall, "QS-2026-0010", "1234", sign=sign[:-1] + "x").status_code == 429
    assert ask(hall, "QS-2026-0007", "1234", sign=sign).status_code == 200, "a code of another case is none"


def test_the_hall_switches_it_on(hall):
    hall.config["door"]["query_page"] = False
    hall.change()
    try:
        assert wait_for(lambda: (answer := ask(hall, "QS-2026-0007", "1234")).status_code == 404 and answer.json())["error"]["code"] == "off"
        with open_page() as page:
            page.driver.get(hall.url + "/query")
            assert "未开启" in page.text("query-off")
    finally:
        hall.config["door"]["query_page"] = True
        hall.change()
