# SPDX-License-Identifier: Apache-2.0
"""A complaint from the counter to the public: taken down by staff, assigned, answered, masked, approved by a second director."""
import time
import uuid

from selenium.webdriver.common.by import By

from support.box import wait_for
from support.page import PASSWORD, shoot
from support.small_picture import png


def open_complaints(page, box, name):
    page.log_in(box, name)
    page.click("user-menu")
    page.click("menu-complaints")
    page.find("complaints-waits")


def change_person(page, box, name):
    page.driver.get(box.url)
    page.click("user-menu")
    page.click("logout")
    page.find("login-name")
    open_complaints(page, box, name)


def wait_life(page, state, publication="none"):
    def now():
        life = page.all("complaint-life")
        return life and (life[0].get_attribute("data-state"), life[0].get_attribute("data-publication")) == (state, publication)

    wait_for(now, why=f"it is {state}, {publication}")


def step(page, action, choice=None, why=None):
    page.click(f"complaint-{action}")
    if choice:
        page.click(f"complaint-choice-{choice}")
    if why:
        page.type("complaint-why", why)
    page.click("complaint-submit")


def test_from_the_counter_to_the_public(make_box, make_camera, page):
    camera = make_camera()
    box = make_box({"cameras": [camera.config()]}, start=False)
    box.config["door"]["public_page"] = True
    box.write_config()
    box.start()
    for name, role in (("wang", "staff"), ("sun", "staff"), ("zhuren", "director"), ("fuzhuren", "director")):
        box.command("user", "add", name, "--role", role, "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    box.wait_camera("cam1")
    began = time.time()
    box.recorded_until("cam1", began + 1)

    open_complaints(page, box, "wang")
    page.click("complaint-new")
    page.find("complaint-form")
    page.click("complaint-save")
    assert "类别" in page.text("complaint-problem")
    page.click("complaint-category-101")
    page.type("complaint-text", "李敏态度生硬，不耐烦")
    page.type("complaint-counter", "1号")
    # A field of this kind is filled by its value: what is typed into it depends on the browser's language.
    moment = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(began + 8 * 3600))
    page.driver.execute_script("const f = document.querySelector('[data-testid=\"complaint-happened\"]');"
                               "Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(f, arguments[0]);"
                               "f.dispatchEvent(new Event('input', {bubbles: true}));", moment)
    page.type("complaint-staffName", "李敏")
    page.type("complaint-name", "王小明")
    page.type("complaint-phone", "138 1234 5678")
    picture = box.folder / "photo.png"
    picture.write_bytes(png(800, 600, 120))
    page.driver.find_element(By.CSS_SELECTOR, '[data-testid="complaint-photo"]').send_keys(str(picture))
    page.find("complaint-photo-shown")
    page.click("complaint-save")
    wait_life(page, "received")
    assert "13812345678" not in page.driver.page_source and "138****5678" in page.text("complaint-panel")
    assert not page.all("complaint-assign"), "a director assigns"

    change_person(page, box, "zhuren")
    page.wait_text("complaints-waits", "1")
    page.click("complaint-row-1")
    wait_life(page, "received")
    clip = box.api("GET", f"/complaints/{box.api('GET', '/complaints?open=1')['items'][0]['id']}")["clip"]
    assert clip["camera"] == "cam1"
    page.find("clip")
    # It is about a press of the same hour, which is chosen out of those of its counter.
    ours, other = str(uuid.uuid4()), str(uuid.uuid4())
    box.api("POST", "/ratings", {"id": ours, "level": 1, "counter": "c1", "channel": "terminal", "text": "态度不好"})
    box.api("POST", "/ratings", {"id": other, "level": 2, "counter": "c2", "channel": "terminal", "text": "等太久"})
    page.click("complaint-link")
    page.wait_text(f"complaint-rating-{ours}", "态度不好")
    assert not page.all(f"complaint-rating-{other}")
    page.click("complaint-submit")
    page.wait_text("complaint-problem", "请选择一条差评")
    page.click("complaint-rating-all")
    page.find(f"complaint-rating-{other}")
    shoot(page, "complaint-link")
    page.type("complaint-rating-q", "态度")
    page.gone(f"complaint-rating-{other}")
    page.click(f"complaint-rating-{ours}")
    page.click("complaint-submit")
    wait_for(lambda: box.api("GET", "/complaints?open=1")["items"][0]["rating"] == ours, why="they are linked")
    page.click("complaint-assign")
    wait_for(lambda: page.find("complaint-owner").find_elements(By.CSS_SELECTOR, 'option[value="sun"]'), why="the users are known")
    page.type("complaint-owner", "sun")
    page.click("complaint-submit")
    wait_life(page, "assigned")

    change_person(page, box, "sun")
    page.click("complaint-row-1")
    step(page, "answer", why="已对李敏批评教育，并向群众致歉")
    wait_life(page, "answered")
    page.click("complaint-propose")
    page.click("complaint-submit")
    page.find("complaint-problem")
    for part, text in (("public-text", "群众反映窗口人员态度生硬"), ("public-answer", "已批评教育并致歉")):
        field = page.find(f"complaint-{part}")
        field.clear()
        field.send_keys(text)
    page.click("complaint-submit")
    wait_life(page, "answered", "proposed")
    assert box.http("GET", "/api/v1/public/complaints", role=None).json()["total"] == 0

    change_person(page, box, "fuzhuren")
    page.click("complaint-row-1")
    step(page, "publish")
    wait_life(page, "answered", "published")
    step(page, "close", "published")
    wait_life(page, "closed", "published")
    answer = box.http("GET", "/api/v1/public/complaints", role=None)
    assert answer.json()["items"][0]["text"] == "群众反映窗口人员态度生硬"
    assert not any(word in answer.text for word in ("李敏", "王小明", "1381234"))
    page.driver.get(box.url + "/public")
    page.wait_text("public-complaint", "已批评教育并致歉")
    assert not any(word in page.driver.page_source for word in ("李敏", "王小明", "1381234"))
    shoot(page, "public")
    page.driver.get(box.url + "/complaints")
    page.click("complaints-published")
    assert "已公示" in page.text("complaint-row-1")

    # The citizen comes again; it is none of the hall's matters: one director asks to refuse it, another one approves.
    page.click("complaint-row-1")
    step(page, "reopen", why="群众再次来访")
    wait_life(page, "received")
    step(page, "refuse", why="不属本镇职权")
    wait_life(page, "refusing")
    assert not page.all("complaint-approve")
    change_person(page, box, "zhuren")
    page.wait_text("complaints-waits", "1")
    page.click("complaint-row-1")
    assert "拟不予受理" in page.text("complaint-life")
    page.click("complaint-approve")
    shoot(page, "complaint-refusing")
    page.type("complaint-why", "同意")
    page.click("complaint-submit")
    wait_life(page, "refused")
