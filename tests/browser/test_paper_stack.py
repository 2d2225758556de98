# SPDX-License-Identifier: Apache-2.0
"""A stack of paper cards by keyboard alone, a bad one of them entered again by a second person, and one that differs."""
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from support.box import wait_for
from support.page import PASSWORD
from support.small_picture import png


def press(page, *keys):
    """To whatever has the focus."""
    for key in keys:
        page.driver.switch_to.active_element.send_keys(key)


def wait_row(page, name, state):
    wait_for(lambda: page.all(name) and page.find(name).get_attribute("data-state") == state, why=f"{name} is {state}")


def change_person(page, box, name):
    page.click("user-menu")
    page.click("logout")
    page.find("login-name")
    open_cards(page, box, name)


def open_cards(page, box, name):
    page.log_in(box, name)
    page.click("user-menu")
    page.click("menu-cards")
    page.find("card-form")


def test_a_stack_by_keyboard(make_box, page):
    box = make_box()
    for name, role in (("wang", "staff"), ("zhou", "staff"), ("zhao", "director")):
        box.command("user", "add", name, "--role", role, "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    open_cards(page, box, "wang")
    wait_for(lambda: len(page.find("card-counter").find_elements(By.TAG_NAME, "option")) == 3, why="the counters are known")
    page.type("card-counter", "1号")

    # Five cards: number, Enter, level, reasons, text, case, Enter.
    page.click("card-number")
    press(page, "0097", Keys.ENTER, "5", Keys.ENTER)
    wait_row(page, "card-row-0097", "counted")
    press(page, "4", "b", Keys.ENTER)
    wait_row(page, "card-row-0098", "counted")
    press(page, "1", "a", "c", "t", "态度生硬", Keys.ESCAPE, "m", "K-2026-7", Keys.ENTER)
    wait_row(page, "card-row-0099", "waiting")
    press(page, "3", Keys.ENTER)
    wait_row(page, "card-row-0100", "counted")
    press(page, Keys.ENTER)
    assert "满意度" in page.text("card-problem")
    press(page, "2", Keys.ENTER)
    wait_row(page, "card-row-0101", "waiting")
    ratings = {row["level"]: row for row in box.api("GET", "/ratings")["items"]}
    assert sorted(ratings) == [3, 4, 5] and ratings[4]["tags"][0]["code"] == "407" and ratings[4]["counter"]["id"] == "c1"
    assert page.driver.current_url.endswith("/cards"), "letters lead to no other page here"
    assert not page.all("card-confirm-0099"), "not by the same person"
    # A wrong one is voided with a reason, and entered again under its number with a picture.
    page.click("card-void-0097")
    page.type("card-void-why", "看错了")
    page.click("card-void-submit")
    wait_row(page, "card-row-0097", "void")
    picture = box.folder / "scan.png"
    picture.write_bytes(png(900, 1200, 230))
    page.driver.find_element(By.CSS_SELECTOR, '[data-testid="card-scan"]').send_keys(str(picture))
    page.find("card-scan-shown")
    page.type("card-number", Keys.ESCAPE)
    press(page, "n", "0097", Keys.ENTER, "2", Keys.ENTER)
    wait_for(lambda: [row.get_attribute("data-state") for row in page.all("card-row-0097")] == ["waiting", "void"], why="entered again")

    change_person(page, box, "zhou")
    assert "态度生硬" not in page.driver.page_source, "the second person does not see the first entry"
    page.click("card-confirm-0099")
    wait_for(lambda: page.find("card-form").get_attribute("data-second") == "1", why="a second entry")
    press(page, "1", "c", "a", Keys.ENTER)
    wait_row(page, "card-row-0099", "counted")
    page.click("card-confirm-0097")
    wait_for(lambda: page.driver.execute_script("const i = document.querySelector('.cd-form .photo img'); return i && i.complete && i.naturalWidth"),
             why="the scan is shown")
    press(page, "2", Keys.ENTER)
    wait_row(page, "card-row-0097", "counted")
    page.click("card-confirm-0101")
    press(page, "4", Keys.ENTER)
    wait_row(page, "card-row-0101", "differing")
    bad = next(row for row in box.api("GET", "/ratings?level=1")["items"])
    assert bad["text"] == "态度生硬" and bad["case_number"] == "K-2026-7"
    assert box.rating(bad["id"])["rectification"]["state"] == "verifying"

    change_person(page, box, "zhao")
    page.click("card-decide-0101")
    page.click("card-entry-0")
    page.type("card-decide-why", "原卡勾选不满意")
    page.click("card-decide-submit")
    page.gone("card-waits-0101")
    assert box.api("GET", "/ratings?level=2")["total"] == 2
    page.driver.get(f"{box.url}/ratings?id={bad['id']}")
    page.wait_text("rating-panel", "wang、zhou")
    assert "0099" in page.text("rating-panel")
