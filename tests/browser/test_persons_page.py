# SPDX-License-Identifier: Apache-2.0
"""A citizen leaves a number by telephone; it is listed masked, and looked at with a reason that is on record."""
from support.box import wait_for
from support.page import PASSWORD, open_page


def test_a_number_left_by_telephone_is_masked_until_somebody_says_why(make_box, page):
    box = make_box()
    box.command("user", "add", "zhuren", "--role", "director", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    with open_page() as phone:
        phone.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True})
        phone.driver.get(box.url + "/r/c1")
        phone.click("level-1")
        phone.type("rate-text", "排队一个小时")
        phone.click("rate-contact")
        assert "180 天后删除" in phone.driver.find_element("tag name", "fieldset").text
        assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360
        phone.type("rate-name", "张小三")
        phone.click("rate-send")
        assert "请检查电话" in phone.text("rate-problem"), "a name alone cannot be called back"
        phone.type("rate-phone", "1381234")
        phone.click("rate-send")
        wait_for(lambda: "请检查电话" in phone.text("rate-problem"), why="half a number")
        phone.type("rate-phone", "5678")
        phone.click("rate-send")
        phone.find("rate-done")
    rating = box.ratings()[0]
    assert rating["rater"]["phone"] == "138****5678"

    page.log_in(box, "zhuren")
    page.click("nav-ratings")
    page.click(f"rating-row-{rating['id']}")
    page.wait_text("person-masked", "张*三 · 138****5678")
    assert "13812345678" not in page.driver.page_source
    page.click("person-look")
    page.click("person-submit")
    page.type("person-why", "核实排队情况")
    page.click("person-submit")
    page.wait_text("person-whole", "13812345678")
    [look] = box.api("GET", "/audit?action=rating.person")["items"]
    assert look["who"] == "zhuren" and look["detail"] == "核实排队情况"
