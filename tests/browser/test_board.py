# SPDX-License-Identifier: Apache-2.0
"""The announcement board 结果公示: what hangs in the hall has the right results and nobody's data, goes by, waits for whoever
touches it, outlives the loss of the box, and does not grow."""
import time
import uuid
from datetime import datetime

import pytest
import requests
from selenium.webdriver.common.by import By

from support.box import wait_for
from support.page import SHOTS
from support.person import add_person
from support.touch import pull, size

NAMES = ("王秀英", "欧阳小燕", "李建国", "张伟")
PHONE, ID_NUMBER, STAFF, NUMBER = "13805371234", "37010219400101123X", "赵敏捷", "QS-2026-9001"
ITEMS = ("高龄津贴申领", "社会保障卡补换", "城乡居民基本养老保险参保登记", "食品经营许可证核发（小餐饮）", "农村宅基地用地建房审批", "残疾人两项补贴")
NOW = "2026-11-25T10:00:00"
NOTICES = ["11月28日（周六）上午延时服务，8:30 至 11:30。", "城乡居民医保集中缴费期到 12 月 31 日截止。"]
BOARD = {"shows": ["finished", "refused", "complaints", "notices"], "hidden_items": ["secret"], "notices": NOTICES}


def put(box, number, name, item, kind, at, **more):
    box.api("PUT", f"/cases/{number}", {"item": {"code": more.pop("code", "x"), "name": item}, "unit": "民政", "kind": "other", "counter": "c1",
                                        "applicant": name, "phone": PHONE, "id_number": ID_NUMBER, "person": {"number": "007", "name": STAFF}})
    for event, moment in (("accepted", at), (kind, at)):
        box.api("POST", f"/cases/{number}/events", {"id": event, "kind": event, "at": moment, "reason": f"{name}材料齐全"})


def publish_a_complaint(box):
    zhao, qian, sun = (add_person(box, name, role) for name, role in (("zhao", "director"), ("qian", "director"), ("sun", "staff")))
    one = zhao.do("POST", "/complaints", {"id": str(uuid.uuid4()), "category": "101", "channel": "counter", "text": f"{STAFF}让我跑了三趟，电话{PHONE}",
                                          "counter": "c1", "staff": {"number": "007", "name": STAFF}, "person": {"name": NAMES[2], "phone": PHONE}}, status=201)
    path = f"/complaints/{one['id']}"
    zhao.do("POST", f"{path}/assign", {"owner": "sun"})
    sun.do("POST", f"{path}/answer", {"why": f"已批评教育{STAFF}"})
    sun.do("POST", f"{path}/propose", {"public_text": "办宅基地手续跑了三趟，每次说的材料都不一样。", "public_answer": "已统一窗口告知单，一次告知全部材料；向您致歉。"})
    qian.do("POST", f"{path}/publish", {})


@pytest.fixture(scope="module")
def hall(share_box):
    box = share_box({"board": BOARD}, start=False)
    box.config["door"]["board_page"] = True
    box.write_config()
    box.fault(f"clock offset {int(datetime.fromisoformat(NOW + '+08:00').timestamp() - time.time())}")
    box.start()
    for n in range(24):
        put(box, f"QS-2026-90{n:02}", NAMES[n % 4], ITEMS[n % 6], "finished" if n % 5 else "refused", f"2026-11-{25 - n // 4:02}T09:{n:02}:00+08:00")
    put(box, "QS-old", NAMES[0], "很久以前的事项", "finished", "2026-11-10T09:00:00+08:00")
    put(box, "QS-back", NAMES[0], "退回的事项", "returned", "2026-11-24T09:00:00+08:00")
    put(box, "QS-secret", NAMES[0], "不得公示的事项", "finished", "2026-11-24T09:00:00+08:00", code="secret")
    publish_a_complaint(box)
    return box


def read(box):
    answer = requests.get(box.url + "/api/v1/public/board", verify=False, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer


def assert_nobody(text):
    found = [part for part in (*NAMES, PHONE, PHONE[-4:], ID_NUMBER, STAFF, "QS-", "007", "材料齐全", "phone", "c1") if part in text]
    assert not found, found


def shoot(page, name):
    if SHOTS:
        time.sleep(0.5)
        page.driver.save_screenshot(f"{SHOTS}/{name}.png")


def test_what_everybody_may_read(hall):
    answer = read(hall)
    board = answer.json()
    rows = board["results"]
    assert len(rows) == 24 and rows[0] == {"applicant": "张*", "item": ITEMS[3], "unit": "民政", "result": "finished", "on": "2026-11-25"}
    assert [row["on"] for row in rows] == sorted((row["on"] for row in rows), reverse=True) and rows[-1]["on"] == "2026-11-20"
    assert {row["result"] for row in rows} == {"finished", "refused"} and {row["applicant"] for row in rows} == {"王*英", "欧**燕", "李*国", "张*"}
    assert len(board["complaints"]) == 1 and board["notices"] == NOTICES
    assert_nobody(answer.text)
    # What was picked up stays a result; a day that is over its days goes.
    hall.api("POST", "/cases/QS-2026-9001/events", {"id": "p", "kind": "picked_up", "at": "2026-11-25T09:40:00+08:00"})
    assert len(read(hall).json()["results"]) == 24
    hall.change(board={**BOARD, "days": 1, "shows": ["finished"]})
    try:
        less = wait_for(lambda: (now := read(hall).json())["days"] == 1 and now)
        assert {row["on"] for row in less["results"]} == {"2026-11-25"} and {row["result"] for row in less["results"]} == {"finished"}
        assert less["complaints"] == [] and less["notices"] == []
    finally:
        hall.change(board=BOARD)
    wait_for(lambda: read(hall).json()["days"] == 7)
    wrong = hall.config_path.read_text().replace("- refused", "- everything")
    hall.config_path.write_text(wrong)
    done = hall.command("reload", "--data", hall.data, check=False)
    hall.write_config()
    assert done.returncode != 0 and "finished, refused, returned, withdrawn" in done.stdout + done.stderr


def top(page):
    return page.driver.execute_script("return document.querySelector('[data-testid=board-results]').scrollTop")


def skip(page, ms):
    page.driver.execute_script("if (!window.skip) { const now = Date.now; window.skip = 0; Date.now = () => now() + window.skip } window.skip += arguments[0]", ms)


def test_on_the_screens_of_the_hall(hall, page):
    for width, height in ((1080, 1920), (390, 844), (1920, 1080)):
        size(page, width, height)
        page.driver.get(hall.url + "/board")
        page.wait_text("board-hall", "结果公示")
        assert page.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off"
        assert_nobody(page.driver.execute_script("return document.documentElement.outerHTML").replace("data-testid", ""))
        large = page.driver.execute_script("return parseFloat(getComputedStyle(document.querySelector('.result b')).fontSize)")
        assert large >= (35 if width > 1000 else 18)
        shoot(page, f"board-{width}")
    # It goes by itself, waits for a finger, and begins anew.
    assert top(page) == 0
    skip(page, 7_000)
    wait_for(lambda: 0 < top(page) < 100, 10, 0.05, "it goes by")
    pull(page, "board-results", 300)
    wait_for(lambda: top(page) > 150, why="pulled by hand")
    wait_for(lambda: (there := top(page)) and not time.sleep(0.5) and top(page) == there, why="it stays there")
    skip(page, 31_000)
    wait_for(lambda: top(page) < 100, 5, 0.05, "it begins anew")


def test_it_runs_for_weeks_and_outlives_the_box(hall, page):
    size(page, 1920, 1080)
    page.driver.get(hall.url + "/board")
    page.find("board-result")
    # Read anew a hundred times: what the page has does not grow.
    count = "return document.querySelectorAll('*').length"
    before = page.driver.execute_script(count)
    page.driver.execute_script("window.reads = 0; const ask = fetch; window.fetch = (...a) => { window.reads++; return ask(...a) };"
                               "setInterval(() => dispatchEvent(new Event('online')), 20)")
    wait_for(lambda: page.driver.execute_script("return window.reads") >= 100, 30, why="a hundred answers")
    assert page.driver.execute_script(count) == before
    assert len(page.driver.find_elements(By.CSS_SELECTOR, "[data-testid=board-result]")) == 24
    hall.stop()
    skip(page, 200_000)
    page.wait_text("board-at", "连接中断，以下是 11月25日")
    assert page.all("board-result") and page.all("board-old")
    shoot(page, "board-old")
    hall.start()
    page.gone("board-old", 30)


def test_the_hall_switches_it_on(hall, page):
    hall.change(door={**hall.config["door"], "board_page": False})
    wait_for(lambda: requests.get(hall.url + "/api/v1/public/board", verify=False, timeout=10).status_code == 404, why="off")
    page.driver.get(hall.url + "/board")
    page.find("board-off")
