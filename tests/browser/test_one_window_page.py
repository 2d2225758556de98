# SPDX-License-Identifier: Apache-2.0
"""What came from the one-window system, as whoever connects it sees it: what waits, what was refused and why, one message whole."""
import requests

from support.box import wait_for
from support.page import PASSWORD, shoot

BASIC = {"projid": "3701122026111000017", "taskcode": "11370112MB2857", "itemname": "食品经营许可", "acceptdeptname": "市场监管所",
         "approvaltype": "2", "promisetimelimit": "15", "applicant": "欧阳小燕", "applicantmobile": "13812345678", "address": "青石镇1号",
         "applydate": "2026-11-10 08:40:00"}
DONE = {"projid": "3701122026111000017", "doneresult": "6", "occurtime": "2026-11-17 11:00:00"}


def test_an_integration_is_debugged_from_the_page(make_box, page):
    box = make_box()
    box.command("user", "add", "guanli", "--role", "admin", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")

    def post(call, body):
        return requests.post(f"{box.url}/api/v1/one-window/{call}", json=body, headers={"token": box.key("system")}, verify=False,
                             timeout=15).json()["data"]["id"]

    waits = post("receiveDone", DONE)
    refused = post("receiveProc", {"projid": DONE["projid"], "nodename": "审核", "noderesult": "9", "nodeendtime": "2026-11-16 15:00:00"})
    page.log_in(box, "guanli")
    page.click("user-menu")
    page.click("menu-one-window")
    wait_for(lambda: page.text("one-window-waiting") == "1", why="one waits")
    page.click(f"one-window-row-{refused}")
    assert "noderesult" in page.text("one-window-said")
    # What it waited for comes: the page shows it by itself.
    basic = post("receiveBasicInfo", BASIC)
    wait_for(lambda: page.find(f"one-window-row-{waits}").get_attribute("data-state") == "taken", why="what waited is told")
    other = post("receiveDone", {**DONE, "doneresult": "1", "exitres": "材料不符"})
    wait_for(lambda: page.text("one-window-contradicted") == "1", why="a contradiction is counted")
    page.click(f"one-window-row-{other}")
    shoot(page, "one-window-panel")
    page.click(f"one-window-row-{basic}")
    wait_for(lambda: "欧**燕" in page.text("one-window-panel"), why="the name is masked")
    assert "欧阳小燕" not in page.driver.page_source
    page.click("one-window-look")
    page.type("one-window-why", "联调核对地址字段")
    page.click("one-window-submit")
    wait_for(lambda: "欧阳小燕" in page.text("one-window-raw") and "青石镇1号" in page.text("one-window-raw"), why="the whole text")
    assert box.api("GET", "/audit?action=one_window.raw")["items"][0]["detail"] == "联调核对地址字段"
    page.driver.get(box.url + "/one-window")
    page.find(f"one-window-row-{basic}")
    shoot(page, "one-window")
    # The clue says both versions.
    page.driver.get(box.url + "/flags")
    flag = next(f["id"] for f in box.api("GET", "/flags")["items"] if f["kind"] == "case_contradiction")
    wait_for(lambda: "先报" in page.text(f"flag-row-{flag}"), why="the clue is told")
    assert "办结" in page.text(f"flag-row-{flag}") and "退件" in page.text(f"flag-row-{flag}")
    shoot(page, "one-window-clue")
