# SPDX-License-Identifier: Apache-2.0
"""Whom to call today: two sources in one list, the number on record, how it went; and what people stumble over."""
import time
import uuid

from support.box import wait_for
from support.page import PASSWORD, shoot

DAY = 86_400


def press(page, keys):
    page.driver.find_element("tag name", "body").send_keys(keys)


def coming_wednesday():
    """10:00 in the hall, so that the day before was a working day; ahead, since nothing is drawn for a day that is over."""
    now = int(time.time()) + 8 * 3600
    day = now // DAY + 1
    return (day + (6 - day) % 7) * DAY + 2 * 3600  # 1970-01-01 was a Thursday


def test_from_the_list_to_how_it_went(make_box, page):
    counters = [{"id": "c1", "name": "1号 综合窗口"}, {"id": "c9", "name": "9号 出件窗口", "kind": "pickup"}]
    box = make_box({"counters": counters, "pads": [], "callbacks": {"percent": 100}})
    for name, role, staff in (("zhuren", "director", ()), ("zhao", "staff", ("--staff", "021")), ("limin", "staff", ("--staff", "007"))):
        box.command("user", "add", name, "--role", role, "--password-stdin", *staff, "--data", box.data, stdin=PASSWORD + "\n")
    box.api("PUT", "/counters/c1/duty", {"staff": {"number": "007", "name": "李敏"}})
    bad = str(uuid.uuid4())
    box.api("POST", "/ratings", {"id": bad, "level": 1, "counter": "c1", "channel": "terminal", "text": "等了两个小时",
                                 "person": {"name": "张小三", "phone": "13812345678"}})
    assert box.api("GET", "/callbacks")["items"] == [], "first it is put right"
    for action, choice in (("verify", "immediate"), ("tell", "phone")):
        box.api("POST", f"/ratings/{bad}/rectification/{action}", {"choice": choice, "why": "已增开窗口"})

    # Whoever has no duty at the pick-up counter calls nobody; whoever was rated neither.
    page.log_in(box, "zhao")
    page.find("user-menu")
    page.driver.get(box.url + "/callbacks")
    wait_for(lambda: "出件窗口值班人员" in page.driver.page_source, why="it is said who calls")
    box.api("PUT", "/counters/c9/duty", {"staff": {"number": "007", "name": "李敏"}})
    box.api("PUT", "/counters/c9/duty", {"staff": {"number": "021", "name": "赵强"}})
    page.find(f"callback-row-rating:{bad}")
    assert "张*三 138****5678" in page.text("callback-card") and "等了两个小时" in page.text("callback-card")
    assert "青石镇为民服务中心" in page.text("callback-script")
    assert "13812345678" not in page.driver.page_source
    press(page, "d")
    page.wait_text("callback-number", "138 1234 5678")
    press(page, "2")
    page.click("callback-again-2")
    page.click("callback-save")
    page.wait_text("callbacks-done", "无人接听")
    row = box.api("GET", "/callbacks")["items"][0]
    assert row["tries"] == 1 and row["next_at"][11:16] == "09:00"

    page.find(f"callback-row-rating:{bad}")
    press(page, "1")
    page.click("callback-save")
    page.wait_text("callback-problem", "请选择群众对整改的看法")
    page.click("callback-answer-basically")
    page.click("painpoint-tag-904")
    page.type("callback-text", "比上次好些")
    page.click("callback-save")
    wait_for(lambda: "今天没有要回访的人" in page.driver.page_source, why="the list is empty")
    rating = box.api("GET", f"/ratings/{bad}")
    assert rating["rectification"]["state"] == "closed" and rating["rectification"]["steps"][-1]["user"] == "zhao"
    audit = [(row["action"], row["subject"], row["detail"]) for row in box.api("GET", "/audit?limit=100&who=zhao")["items"] if row["action"] != "login"]
    assert audit == [("callback.try", f"rating:{bad}", "reached basically"), ("callback.try", f"rating:{bad}", "not_reached"),
                     ("callback.dial", f"rating:{bad}", None)]
    assert box.api("GET", "/overview")["ratings"]["called"]["n"] == 1

    # At the counter, and counted.
    page.click("callbacks-painpoints")
    page.click("painpoint-tag-904")
    page.click("painpoint-tag-901")
    page.type("painpoint-item", "居民养老保险参保")
    page.type("painpoint-text", "表格太复杂")
    page.click("painpoint-save")
    wait_for(lambda: box.api("GET", "/painpoints")["total"] == 2, why="it is noted")
    page.click("user-menu")
    page.click("logout")
    page.find("login-name")
    page.log_in(box, "zhuren")
    page.find("tile-good")
    page.driver.get(box.url + "/callbacks?view=painpoints")
    bars = page.wait_text("painpoint-bars", "排队等候时间长") and page.text("painpoint-bars")
    assert "共 2 条" in bars and bars.index("排队等候时间长") < bars.index("材料要得多")
    assert "表格太复杂" in page.text("painpoint-words")

    # A wrong one is corrected by another, which counts in its place; both are seen.
    row = next(row for row in box.api("GET", "/painpoints")["items"] if row["source"] == "counter")
    page.click(f"painpoint-correct-{row['id']}")
    form = page.find("painpoint-correct-form")
    form.find_element("css selector", '[data-testid="painpoint-tag-901"]').click()
    page.click("painpoint-correct-save")
    assert "说明" in page.text("painpoint-problem")
    page.type("painpoint-why", "群众说的是排队")
    page.click("painpoint-correct-save")
    page.wait_text("painpoint-words", "群众说的是排队")
    assert "材料要得多" in page.text("painpoint-words") and "材料要得多" not in page.text("painpoint-bars")
    shoot(page, "painpoints")
    row = next(row for row in box.api("GET", "/painpoints")["items"] if row["corrected"])
    page.click(f"painpoint-correct-{row['id']}")
    page.type("painpoint-why", "重复登记")
    page.click("painpoint-withdraw")
    page.wait_text("painpoint-bars", "共 1 条")
    page.wait_text("painpoint-words", "已作废")


def test_a_drawn_case_is_rated_on_the_telephone(make_box, page):
    box = make_box({"callbacks": {"percent": 100}})
    box.command("user", "add", "zhuren", "--role", "director", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    wednesday = coming_wednesday()
    finished = (wednesday - DAY) * 1000
    box.fault(f"clock offset {wednesday - DAY - int(time.time())}")
    box.api("PUT", "/cases/2026-7", {"item": {"code": "x", "name": "社保卡补换"}, "unit": "人社", "kind": "instant", "counter": "c1",
                                     "person": {"number": "007", "name": "李敏"}, "applicant": "王芳", "phone": "13900001111"})
    for kind, at in (("accepted", finished - 60_000), ("finished", finished)):
        box.api("POST", "/cases/2026-7/events", {"id": kind, "kind": kind, "at": at})
    assert box.api("GET", "/callbacks")["items"] == []
    box.fault(f"clock offset {wednesday - int(time.time())}")
    box.api("PUT", "/cases/2026-8", {"item": {"code": "x", "name": "社保卡补换"}, "unit": "人社", "kind": "instant"})  # wakes the sweep
    wait_for(lambda: box.api("GET", "/callbacks")["items"], 20, 0.2, "it is drawn")
    page.log_in(box, "zhuren")
    page.find("tile-good")
    page.driver.get(box.url + "/callbacks")
    page.find("callback-row-case:2026-7")
    assert "社保卡补换" in page.text("callback-script")
    page.click("callback-dial")
    page.wait_text("callback-number", "139 0000 1111")
    page.click("callback-reached")
    page.click("callback-level-4")
    page.click("callback-save")
    wait_for(lambda: not box.api("GET", "/callbacks")["items"], why="it is done with")
    [rating] = box.ratings()
    assert rating["channel"] == "callback" and rating["level"] == 4 and rating["case_number"] == "2026-7" and rating["is_named"]
    whole = box.api("GET", f"/ratings/{rating['id']}")
    assert whole["caller"] == "zhuren" and whole["staff"]["number"] == "007"
    figures = box.api("GET", "/overview")["ratings"]
    assert figures["good"]["n"] == 1 and figures["active"]["n"] == 0, "said when called, not pressed"
