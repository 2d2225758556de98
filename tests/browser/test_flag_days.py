# SPDX-License-Identifier: Apache-2.0
"""A red card from raised to closed by three people while days pass: a colleague of the unit explains, late; the supervisor
confirms, issues an order and prints it; the unit replies; the order and the flag are closed. Whoever it is about has no step."""
import time
from datetime import datetime

from support.box import wait_for
from support.page import PASSWORD, shoot

CASE = {"item": {"code": "1", "name": "食品小作坊登记"}, "unit": "市场监管所", "kind": "promised", "limit_days": 3, "counter": "c1",
        "person": {"number": "007", "name": "李敏"}, "applicant": "王芳", "accepted_at": "2026-11-18T09:00:00+08:00"}
PEOPLE = (("zhuren", "director", ()), ("limin", "staff", ("--staff", "007", "--unit", "市场监管所")),
          ("zhaolei", "staff", ("--staff", "008", "--unit", "市场监管所")))


def to(box, moment):
    """Puts the box's clock on a moment of the hall, and wakes its sweep."""
    box.fault(f"clock offset {int(datetime.fromisoformat(moment + '+08:00').timestamp() - time.time())}")
    box.api("PUT", f"/cases/{time.time()}", {"item": {"code": "x", "name": "社保卡补换"}, "unit": "人社", "kind": "instant"})


def in_as(page, box, name, path=""):
    page.driver.delete_all_cookies()
    page.log_in(box, name)
    page.find("user-menu")
    if path:
        page.driver.get(box.url + path)


def step(page, of, action, why=None):
    page.click(f"{of}-{action}")
    if why:
        page.type(f"{of}-why", why)
    page.click(f"{of}-submit")


def state_of(page, of, state):
    wait_for(lambda: page.find(f"{of}-life").get_attribute("data-state") == state, why=f"{of} is {state}")


def flags(box, kind):
    return box.api("GET", f"/flags?open=1&kind={kind}")["items"]


def test_a_red_card_is_explained_confirmed_ordered_and_closed(make_box, page):
    box = make_box({}, start=False)
    box.fault(f"clock offset {int(datetime.fromisoformat('2026-11-24T10:00:00+08:00').timestamp() - time.time())}")  # a Tuesday
    box.start()
    for name, role, more in PEOPLE:
        box.command("user", "add", name, "--role", role, "--password-stdin", *more, "--data", box.data, stdin=PASSWORD + "\n")
    box.api("PUT", "/cases/K-1", CASE)
    box.api("PUT", "/tickets/t1", {"number": "A012", "counter": "c1", "case": "K-1", "served": "2026-11-18T08:58:00+08:00"})
    flag = wait_for(lambda: flags(box, "case_red"), why="the case is over its limit")[0]
    here = f"/flags?id={flag['id']}"

    # Whoever it is about sees it and has no step; a colleague takes it up.
    in_as(page, box, "limin", here)
    page.wait_text("flag-panel", "责任单位")
    assert not page.driver.find_elements("css selector", "[data-testid=flag-acknowledge]")
    in_as(page, box, "zhaolei", here)
    page.find("flag-tickets")
    page.find("flag-case")
    step(page, "flag", "acknowledge")
    state_of(page, "flag", "acknowledged")
    shoot(page, "acknowledged")

    # Three working days later nobody has explained it.
    to(box, "2026-11-30T09:00:00")
    wait_for(lambda: flags(box, "flag_late"), why="the explanation is late")
    in_as(page, box, "zhuren", "/flags?late=1")
    page.find(f"flag-row-{flag['id']}")
    shoot(page, "late")
    in_as(page, box, "zhaolei", here)
    step(page, "flag", "explain", "等待外单位会签，三天未回")
    state_of(page, "flag", "explained")
    page.wait_text("flag-steps", "逾期办理")
    wait_for(lambda: not flags(box, "flag_late"), why="the reminder has ended")

    # The supervisor confirms and issues an order.
    in_as(page, box, "zhuren", here)
    step(page, "flag", "confirm", "超时属实，会签未跟催")
    state_of(page, "flag", "confirmed")
    shoot(page, "confirmed")
    page.click("order-from")
    page.find("order-form")
    shoot(page, "order-form")
    page.click("order-submit")
    page.wait_text("order-number", "督〔2026〕1号")
    order = box.api("GET", "/orders")["items"][0]
    assert order["ref"] == f"flag:{flag['id']}" and order["due_at"].startswith("2026-12-07T17:30")
    paper = page.driver.execute_async_script(
        "const done = arguments[1]; fetch(arguments[0]).then((a) => a.arrayBuffer()).then((b) => done(String.fromCharCode(...new Uint8Array(b).slice(0, 4))))",
        f"/api/v1/orders/{order['id']}/notice")
    assert paper == "%PDF"
    shoot(page, "order")

    # A week later it is late; the unit replies, the supervisor accepts, all is closed.
    to(box, "2026-12-08T09:00:00")
    wait_for(lambda: flags(box, "order_late"), why="the reply is late")
    in_as(page, box, "zhaolei", "/orders?waits=1")
    page.click(f"order-row-{order['id']}")
    shoot(page, "order-late")
    step(page, "order", "reply", "已建立会签催办台账，办件已办结")
    state_of(page, "order", "replied")
    in_as(page, box, "zhuren", f"/orders?id={order['id']}")
    step(page, "order", "accept")
    state_of(page, "order", "accepted")
    step(page, "order", "close")
    state_of(page, "order", "closed")
    shoot(page, "order-closed")
    assert not flags(box, "order_late")
    page.driver.get(box.url + here)
    page.wait_text("orders-of", "督〔2026〕1号")
    step(page, "flag", "close", "督办已办结")
    state_of(page, "flag", "closed")
    shoot(page, "closed")
    assert {step["user"] for step in box.api("GET", f"/flags/{flag['id']}")["history"]} == {"system", "zhaolei", "zhuren"}
