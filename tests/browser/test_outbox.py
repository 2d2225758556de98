# SPDX-License-Identifier: Apache-2.0
"""What goes out, as an administrator sees it: a receiver that refuses, its words, sent again; a test; the province."""
import uuid

import pytest

from support.box import wait_for
from support.page import PASSWORD, shoot
from support.receiver import Receiver, accept, platform, province_config, status


@pytest.fixture
def receivers():
    made = [Receiver(), Receiver()]
    yield made
    for receiver in made:
        receiver.close()


def test_refused_and_sent_again(make_box, page, receivers):
    county, province = receivers
    county.behave, province.behave = status(422, "缺少区划代码".encode()), platform
    box = make_box({"notify": [county.config(events=["rating_bad"])], "province": province_config(province)})
    box.command("user", "add", "guanli", "--role", "admin", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    box.api("POST", "/ratings", {"id": str(uuid.uuid4()), "level": 1, "counter": "c1", "channel": "terminal", "text": "张三等太久"})
    page.log_in(box, "guanli")
    page.click("user-menu")
    page.click("menu-outbox")
    page.wait_text("receiver-error-county", "缺少区划代码")
    wait_for(lambda: page.text("receiver-refused-county") == "1", why="one is refused")
    wait_for(lambda: page.text("receiver-sent-province") == "1", why="the province has it")
    row = box.api("GET", "/outbox?state=refused")["items"][0]["id"]
    county.behave = accept
    page.click(f"outbox-resend-{row}")
    wait_for(lambda: page.text("receiver-refused-county") == "0" and page.text("receiver-sent-county") == "1", why="it is sent")
    assert page.find("receiver-county").get_attribute("data-standing") == "good"
    page.click("receiver-test-county")
    wait_for(lambda: [m["event"] for m in county.taken] == ["rating_bad", "test"], why="the test arrives")
    page.click("replay")
    wait_for(lambda: len(province.tries) == 2, why="the province is told again")
    assert len(province.taken) == 1
    assert "张三" not in page.driver.page_source

    # What waits for long is said on the first page.
    county.behave = status(503, b"away")
    box.api("POST", "/ratings", {"id": str(uuid.uuid4()), "level": 1, "counter": "c1", "channel": "terminal"})
    wait_for(lambda: page.text("receiver-waiting-county") == "1", why="one waits")
    box.fault(f"clock offset {11 * 3600}")
    page.driver.get(box.url)
    page.find("tile-good")
    shoot(page, "outbox-late")
    page.click("outbox-late")
    page.find("receiver-county")
    assert page.find("receiver-county").get_attribute("data-standing") == "late"
