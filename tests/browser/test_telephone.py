# SPDX-License-Identifier: Apache-2.0
"""Rating by telephone: the code on the screen is read as a camera reads it, the page behind it is rated on at 360 px, and
nobody can be found in what is kept."""
import os
import subprocess
import time
import uuid

import requests
from selenium.webdriver.common.by import By

from support.box import wait_for
from support.page import PASSWORD, open_page

SHOTS = os.environ.get("HALLWATCH_SHOTS")


def scan(page, name, place):
    """The text of the QR code that a part of the page shows, from a screenshot."""
    def look():
        place.write_bytes(page.find(name).find_element(By.TAG_NAME, "img").screenshot_as_png)
        return subprocess.run(["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", place], capture_output=True, text=True).stdout.strip()
    wait_for(lambda: page.find(name).find_elements(By.TAG_NAME, "img"), why="a picture")
    return wait_for(look, 10, 0.3, "a code in the picture")


def shoot(page, name):
    if SHOTS:
        page.driver.save_screenshot(f"{SHOTS}/{name}.png")


def telephone(page):
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True})


def rate(page, url, level, tag=None, text=None):
    page.driver.get(url)
    page.click(f"level-{level}")
    if tag:
        page.click(f"tag-{tag}")
    if text:
        page.type("rate-text", text)
    page.click("rate-send")
    page.find("rate-done")


def test_a_code_on_the_wall_and_one_of_a_case(make_box, page, tmp_path):
    box = make_box()
    box.command("user", "add", "zhuren", "--role", "director", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    now = int(time.time() * 1000)
    box.api("PUT", "/cases/2026-7", {"item": {"code": "x", "name": "社保卡补换"}, "unit": "人社", "kind": "instant", "counter": "c2",
                                     "person": {"number": "007", "name": "李敏"}})
    for kind, at in (("accepted", now - 120_000), ("finished", now - 60_000)):
        box.api("POST", "/cases/2026-7/events", {"id": kind, "kind": kind, "at": at})

    page.log_in(box, "zhuren")
    page.find("tile-good")
    page.driver.get(box.url + "/codes")
    wall = scan(page, "code-c1", tmp_path / "wall.png")
    assert wall == box.url + "/r/c1"
    page.driver.get(box.url + "/cases?number=2026-7")
    page.click("case-code")
    of_case = scan(page, "case-code-picture", tmp_path / "case.png")
    assert of_case.startswith(box.url + "/r/i/")

    with open_page() as phone:
        telephone(phone)
        phone.driver.get(wall)
        width = phone.driver.execute_script("return document.documentElement.scrollWidth")
        assert width <= 360
        small = phone.driver.execute_script(
            "return [...document.querySelectorAll('button')].filter(b => b.getBoundingClientRect().height < 60).map(b => b.textContent)")
        assert small == [], "targets of 60 px"
        phone.click("large")
        wait_for(lambda: phone.driver.execute_script("return parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 24, 5, 0.1, "larger text")
        rate(phone, wall, 2, "207", "叫号叫了很久")
        first = wait_for(lambda: [r for r in box.ratings() if r["channel"] == "qr"], why="it is stored")[0]
        assert first["level"] == 2 and first["text"] == "叫号叫了很久" and first["is_counted"] and first["staff"] is None
        rate(phone, wall, 1)
        second = wait_for(lambda: len(box.ratings()) == 2 and box.ratings()[0])
        assert not second["is_counted"] and "repeated" in second["marks"], "the same service"

        rate(phone, of_case, 5)
        third = wait_for(lambda: len(box.ratings()) == 3 and [r for r in box.ratings() if r["case_number"] == "2026-7"])[0]
        assert third["is_counted"] and third["staff"]["number"] == "007" and third["counter"]["id"] == "c2"
        phone.driver.get(of_case)
        assert "已评价过" in phone.text("rate-done")
        # Followed up once: by the code of the case, and at the wall by the telephone that gave the first. The first stays.
        phone.click("rate-follow-up")
        shoot(phone, "rate-follow-up")
        phone.click("level-2")
        phone.type("rate-text", "回家发现姓名印错了")
        phone.click("rate-send")
        phone.find("rate-done")
        phone.driver.get(of_case)
        assert "已评价过" in phone.text("rate-done") and not phone.all("rate-follow-up"), "once"
        phone.driver.get(wall)
        phone.find("level-5")
        shoot(phone, "rate-wall")
        phone.click("rate-follow-up")
        phone.click("level-4")
        phone.click("rate-send")
        phone.find("rate-done")
        phone.driver.get(box.url + "/r/i/" + str(uuid.uuid4()))
        assert "二维码无效" in phone.text("rate-done")
    told = box.api("GET", f"/ratings/{first['id']}")
    assert told["rectification"]["state"] == "verifying"
    later = box.api("GET", "/ratings?mark=follow_up")["items"]
    assert {(row["level"], row["follows"]["level"], row["is_counted"]) for row in later} == {(2, 5, False), (4, 2, False)}, later
    of_case_later = next(row for row in later if row["level"] == 2)
    assert of_case_later["follows"]["id"] == third["id"] and of_case_later["case_number"] == "2026-7" and of_case_later["text"] == "回家发现姓名印错了"
    assert box.api("GET", f"/ratings/{of_case_later['id']}")["rectification"]["state"] == "verifying", "a bad one is looked into"
    figures = box.api("GET", "/overview")["ratings"]
    assert figures["good"] | {"name": ""} == {"n": 1, "of": 2, "name": ""} and figures["bad"]["n"] == 1
    page.driver.get(f"{box.url}/ratings?id={third['id']}")
    page.wait_text("rating-follow-up", "回家发现姓名印错了")
    page.wait_text(f"rating-row-{third['id']}", "追评")
    shoot(page, "ratings-follow-up")
    assert box.http("POST", "/api/v1/cases/2026-7/code", json={}).status_code == 409


def test_what_comes_without_a_page_is_bounded(make_box):
    box = make_box()
    telephone = requests.Session()
    telephone.trust_env = False
    telephone.verify = False
    form = telephone.get(box.url + "/api/v1/public/rating-form?counter=c1")
    assert form.json()["counter"]["name"] and len(form.json()["tags"]["1"]) == 8
    cookie = telephone.cookies["hw_telephone"]
    good = {"id": str(uuid.uuid4()), "level": 4, "counter": "c1"}
    for wrong, status in (({"level": 6}, 400), ({"level": 0}, 400), ({"id": "x"}, 400), ({"tags": ["999"]}, 400), ({"counter": "c9"}, 404),
                          ({"text": "x" * 2000}, 400), ({"invitation": "none"}, 404), ({"counter": None}, 404)):
        answer = telephone.post(box.url + "/api/v1/public/ratings", json={**good, **wrong})
        assert answer.status_code == status and answer.json()["error"]["message"], (wrong, answer.text)
    assert telephone.post(box.url + "/api/v1/public/ratings", data="level=1").status_code == 415
    first = telephone.post(box.url + "/api/v1/public/ratings", json=good)
    assert first.status_code == 201
    receipt = first.json()["receipt"]
    later = {**good, "id": str(uuid.uuid4()), "level": 1, "follows": good["id"]}
    for wrong, status in (({}, 403), ({"receipt": receipt[:-1] + "x"}, 403), ({"receipt": receipt, "counter": "c2"}, 403), ({"follows": "x"}, 400),
                          ({"follows": str(uuid.uuid4()), "receipt": receipt}, 404)):
        answer = telephone.post(box.url + "/api/v1/public/ratings", json={**later, **wrong})
        assert answer.status_code == status and answer.json()["error"]["message"], (wrong, answer.text)
    form = telephone.get(f"{box.url}/api/v1/public/rating-form?counter=c1&rating={good['id']}&receipt={receipt}").json()
    assert form["follow_up"]["follows"] == good["id"] and form["may_rate"]
    assert telephone.get(f"{box.url}/api/v1/public/rating-form?counter=c1&rating={good['id']}&receipt=x").json()["follow_up"] is None
    assert telephone.post(box.url + "/api/v1/public/ratings", json=good).status_code == 200, "sent again: one rating"
    assert len(box.ratings()) == 1
    for _ in range(2):  # telephones that keep no cookie, behind one address: each is counted
        assert requests.post(box.url + "/api/v1/public/ratings", json={**good, "id": str(uuid.uuid4()), "counter": "c2"}, verify=False, timeout=10).status_code == 201
    answers = [telephone.post(box.url + "/api/v1/public/ratings", json={**good, "id": str(uuid.uuid4())}) for _ in range(70)]
    held = [a for a in answers if a.status_code == 429]
    assert held and int(held[0].headers["Retry-After"]) >= 1
    assert box.api("GET", "/overview")["ratings"]["good"]["of"] == 3, "one telephone, one service"
    for path in box.data.glob("hall.db*"):
        assert cookie.encode() not in path.read_bytes(), "a telephone's identity is stored"


def test_an_id_is_one_ratings_and_a_receipt_one_telephones(make_box):
    box = make_box()
    app = {"id": str(uuid.uuid4()), "level": 5, "counter": "c2", "channel": "pc", "case": "2026-8"}
    assert box.api("POST", "/ratings", app)["is_counted"] and box.api("POST", "/ratings", app)["is_counted"]
    assert box.http("POST", "/api/v1/ratings", json={**app, "level": 1}).status_code == 409, "the id is another rating's"
    assert not box.api("POST", "/ratings", {**app, "id": str(uuid.uuid4()), "channel": "mobile"})["is_counted"]
    assert box.rating(app["id"])["level"] == 5

    def telephone(content):
        return requests.post(f"{box.url}/api/v1/public/ratings", json=content, verify=False, timeout=10)
    assert telephone({"id": app["id"], "level": 5, "counter": "c2"}).status_code == 409, "who knows an id has no receipt by it"
    wall = {"id": str(uuid.uuid4()), "level": 4, "counter": "c1"}
    assert telephone(wall).json()["receipt"]
    assert telephone(wall).json() == {"id": wall["id"], "stored": True, "receipt": None}, "another telephone"
