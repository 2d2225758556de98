# SPDX-License-Identifier: Apache-2.0
"""A number from the tablet to the counter: taken, printed, followed on a telephone, called on the screen and aloud, served.
And two clerks who call at the same moment."""
import subprocess
import time
import uuid

from selenium.webdriver.common.by import By

from support.box import wait_for
from support.page import SHOTS, open_page

HALL = {
    "counters": [{"id": "c1", "name": "1号 综合窗口"}, {"id": "c2", "name": "2号 综合窗口"}, {"id": "c3", "name": "3号 社保医保窗口"},
                 {"id": "c7", "name": "7号 潮汐窗口", "kind": "tidal"}],
    "pads": [],
    "queue": [{"id": "general", "name": "综合业务", "prefix": "A", "counters": ["c1", "c2", "c7"]},
              {"id": "social", "name": "社保医保", "prefix": "B", "counters": ["c3"]},
              {"id": "land", "name": "自然资源", "prefix": "C", "counters": ["c2"], "priority": False}],
    "calling": {"notice": "过号请到窗口登记，可顺延三位。午休 12:00–13:30。"},
}
SIZES = ((1920, 1080), (1024, 600), (390, 844))


def shoot(page, name):
    if not SHOTS:
        return
    for width, height in SIZES:
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
        time.sleep(0.3)
        page.driver.save_screenshot(f"{SHOTS}/{name}-{width}.png")
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def small_parts(page):
    """Buttons that a finger of an old person would miss, and text that is too small, as (tag, text, size)."""
    return page.driver.execute_script(
        "const bad = []; for (const one of document.querySelectorAll('button, p, span, b, td, th, h1, h2')) {"
        " if (!one.offsetParent || !one.textContent.trim()) continue; const box = one.getBoundingClientRect();"
        " if (one.tagName === 'BUTTON' && (box.height < 60 || box.width < 60)) bad.push([one.tagName, one.textContent, box.height]);"
        " const size = parseFloat(getComputedStyle(one).fontSize);"
        " if (size < 18) bad.push([one.tagName, one.textContent, size]); } return bad;")


def make_screen(page, box, kind, label):
    page.driver.get(box.url + "/screens")
    page.find("screen-label").clear()
    page.type("screen-label", label)
    page.driver.execute_script("const s = document.querySelector('[data-testid=screen-page]'); s.value = arguments[0];"
                               "s.dispatchEvent(new Event('change', {bubbles: true}))", kind)
    page.click("screen-add")
    return page.text("screen-address")


def take_at(page, address, lane, priority=None):
    page.driver.get(address)
    page.click(f"take-lane-{lane}")
    if priority:
        page.click(f"take-{priority}")
    return page.text("take-number")


def test_from_the_tablet_to_the_counter(make_box, page, tmp_path):
    box = make_box(HALL)
    page.set_up(box)
    tablet, screen = (make_screen(page, box, kind, label) for kind, label in (("take", "门口取号机"), ("call", "一楼大屏")))
    shoot(page, "screens")
    with open_page("--autoplay-policy=no-user-gesture-required") as wall, open_page() as door:
        wall.driver.get(screen)
        wall.find("call-notice")
        assert "#" not in wall.driver.current_url
        door.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": "window.printed = 0; window.print = () => { window.printed++ }"})
        for _ in range(3):
            box.api("POST", "/queue/tickets", {"id": str(uuid.uuid4()), "lane": "general"})
        door.driver.get(tablet)
        door.find("take-lane-social")
        shoot(door, "take-lanes")
        assert small_parts(door) == []
        door.click("take-lane-general")
        door.find("take-elder")
        shoot(door, "take-who")
        assert small_parts(door) == []
        door.click("take-elder")
        number = door.text("take-number")
        assert number == "A004"
        shoot(door, "take-number")
        assert small_parts(door) == []
        # What the printer gets: the slip and nothing else, with a code that a camera reads.
        wait_for(lambda: door.driver.execute_script("return window.printed") == 1, why="it is printed once")
        door.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 220, "height": 560, "deviceScaleFactor": 3, "mobile": False})
        door.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        slip = tmp_path / "slip.png"
        assert number in door.text("take-slip") and "优先" in door.text("take-slip") and not door.all("take-done")
        door.driver.save_screenshot(str(slip))
        if SHOTS:
            door.driver.save_screenshot(f"{SHOTS}/slip.png")
        link = subprocess.run(["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", slip], capture_output=True, text=True).stdout.strip()
        assert link.startswith(box.url + "/ticket/")
        door.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        door.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        door.driver.get(link)
        assert door.find("ticket-state").get_attribute("data-state") == "issued" and "下一位" in door.text("ticket-before")
        shoot(door, "ticket-waits")

        # The clerk, by keys: signs on, calls, and the priority number comes before three others.
        page.driver.get(box.url + "/counter?counter=c1")
        page.type("counter-number", "1001")
        page.type("counter-name", "王秀兰")
        page.click("counter-on")
        page.find("counter-off")
        page.driver.find_element(By.TAG_NAME, "body").send_keys("n")
        page.wait_text("counter-number-now", number)
        row = wall.find(f"call-row-{number}")
        assert row.get_attribute("data-new") == "true" and "1号 综合窗口" in row.text and "优先" in row.text
        wait_for(lambda: int(wall.find("call-board").get_attribute("data-said")) >= 1, 20, why="the call is spoken")
        assert not wall.all("call-sound")
        shoot(wall, "call-screen")
        wait_for(lambda: door.find("ticket-state").get_attribute("data-state") == "called", why="the telephone is told")
        shoot(door, "ticket-called")
        shoot(page, "counter")
        page.driver.find_element(By.TAG_NAME, "body").send_keys("s")
        wait_for(lambda: page.find("counter-number-now").get_attribute("data-state") == "served", why="it is being served")
        page.click("counter-finish")
        page.gone("counter-number-now")
        wait_for(lambda: not wall.all(f"call-row-{number}"), why="it leaves the screen")
        page.driver.get(box.url + "/queue")
        page.find("lane-general")
        shoot(page, "queue")
        assert page.text("lane-waiting-general").startswith("3")

        # Both call in the same tenth of a second, again and again.
        page.driver.get(box.url + "/counter?counter=c1")
        page.find("counter-next")
        page.driver.switch_to.new_window("tab")
        page.driver.get(box.url + "/counter?counter=c2")
        page.find("counter-next")
        moment = int(time.time() * 1000) + 1500
        for tab in page.driver.window_handles[-2:]:
            page.driver.switch_to.window(tab)
            page.driver.execute_script("setTimeout(() => document.querySelector('[data-testid=counter-next]').click(), arguments[0] - Date.now())", moment)
        called = set()
        for tab in page.driver.window_handles[-2:]:
            page.driver.switch_to.window(tab)
            called.add(page.text("counter-number-now"))
        assert called == {"A001", "A002"}

        # Without network the screen says so and gets over it by itself; revoked, it says that.
        wall.driver.set_network_conditions(offline=True, latency=0, throughput=0)
        wall.find("call-away", 20)
        wall.driver.delete_network_conditions()
        wall.gone("call-away", 20)
        box.api("DELETE", "/screens/2")
        wall.find("call-problem", 15)


def test_the_screen_shows_calls_without_a_voice(make_box, page, tmp_path):
    """Where espeak-ng is missing, calls are shown, and the administrator reads why nothing is heard."""
    box = make_box(HALL, start=False)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("mosquitto", "nginx", "openssl"):
        found = subprocess.run(["sh", "-c", f"PATH=$PATH:/usr/sbin command -v {tool}"], capture_output=True, text=True).stdout.strip()
        (tools / tool).symlink_to(found)
    box.environment["PATH"] = str(tools)
    box.start()
    page.set_up(box)
    screen = make_screen(page, box, "call", "大屏")
    box.api("POST", "/queue/tickets", {"id": str(uuid.uuid4()), "lane": "social"})
    page.driver.get(screen)
    page.find("call-notice")
    box.api("POST", "/queue/counters/c3/next", {})
    assert "3号 社保医保窗口" in page.find("call-row-B001").text
    wait_for(lambda: "语音暂不可用" in page.text("call-voice"), 20, why="it says that nothing is heard")
    page.driver.get(box.url + "/queue")
    assert "espeak-ng" in page.text("voice-problem")
