# SPDX-License-Identifier: Apache-2.0
"""A camera is found on the hall's network, asked for its streams, tried, and added until its picture moves."""
import os
import subprocess
import sys

import pytest
import yaml
from selenium.webdriver.common.by import By

from support.box import ROOT, wait_for
from support.network import own_network
from support.onvif_device import STREAMS, OnvifDevice
from support.page import PASSWORD

SHOTS = os.environ.get("HALLWATCH_SHOTS")
BOX = "10.9.1.1"
# On the network: number, as it calls itself, habits, how far its clock is off.
DEVICES = [
    ("10.9.1.20", "大厅南门", ("token",), 8 * 3600),
    ("10.9.1.21", "DS-2CD1023G0E-I", ("digest",), 0),
    ("10.9.1.22", "IPC-HFW1230S 二楼走廊（东侧消防门外）", ("locked", "digest"), 0),
    ("10.9.1.23", "NVR", ("digest", "media2-only"), -40),
]
NVR = [
    {**STREAMS[0], "token": "a1", "name": "Channel 1 main", "codec": "H265", "width": 2560, "height": 1440, "source": "v1", "url": "rtsp://192.168.0.9:554/a1"},
    {**STREAMS[1], "token": "a2", "name": "Channel 1 sub", "source": "v1", "url": "rtsp://192.168.0.9:554/a2"},
    {**STREAMS[0], "token": "b1", "name": "Channel 2 main", "source": "v2", "url": "rtsp://192.168.0.9:554/b1"},
    {**STREAMS[1], "token": "b2", "name": "Channel 2 snapshots", "codec": "JPEG", "source": "v2", "url": "rtsp://192.168.0.9:554/b2"},
]


def shoot(page, name):
    """For people who look at the pages: both widths."""
    if SHOTS:
        for width, height in ((1920, 1080), (390, 844)):
            page.driver.set_window_size(width, height)
            tall = page.driver.execute_script("return document.documentElement.scrollHeight")
            page.driver.set_window_size(width, max(height, tall + 150))
            page.driver.save_screenshot(f"{SHOTS}/{name}-{width}.png")
        page.driver.set_window_size(1366, 900)


@pytest.fixture
def network():
    with own_network(BOX, *(number for number, *_ in DEVICES)):
        yield


@pytest.fixture
def devices(network, make_camera):
    """The first has a real stream behind it."""
    camera = make_camera(address=DEVICES[0][0], user="admin", password="p@ss 1")
    streams = [{**one, "url": f"rtsp://{DEVICES[0][0]}:{camera.port}{path}"} for one, path in zip(STREAMS, ("/main", "/sub"), strict=True)]
    made, mouths = [], []
    for number, name, habits, clock_s in DEVICES:
        made.append(OnvifDevice(habits, address=number, port=8000 if number == DEVICES[0][0] else 0, clock_s=clock_s, maker="Simcam", model=name.split()[0],
                                streams=NVR if name == "NVR" else streams if number == DEVICES[0][0] else STREAMS))
        mouths.append(subprocess.Popen([sys.executable, ROOT / "tests/support/onvif.py", number, name.replace(" ", "%20"), str(made[-1].port)],
                                       stdout=subprocess.PIPE, text=True))
        assert mouths[-1].stdout.readline() == "ready\n"
    yield made
    for device, mouth in zip(made, mouths, strict=True):
        device.close()
        mouth.kill()
        mouth.wait()
        mouth.stdout.close()


def fill(page, name, text):
    field = page.find(name)
    field.clear()
    field.send_keys(text)


def is_chosen(page, name):
    """Radio buttons lie under their words."""
    return page.driver.execute_script("return document.querySelector(`[data-testid='${arguments[0]}']`).checked", name)



def test_a_camera_is_found_asked_tried_and_added(devices, make_box, page):
    box = make_box({"cameras": []})
    box.command("user", "add", "it", "--role", "admin", "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    page.log_in(box, "it")
    page.find("tile-ratings")
    page.driver.get(box.url + "/cameras?add=1")
    page.click("cam-find")
    for number, name, *_ in DEVICES:
        assert name in page.find(f"found-{number}").text
    shoot(page, "onvif-found")

    # A wrong password first: the step and what to try, and the clock all the same.
    page.click(f"found-{DEVICES[0][0]}")
    fill(page, "cam-password", "wrong")
    page.click("cam-inspect")
    card = page.find("inspection")
    assert (card.get_attribute("data-step"), card.get_attribute("data-code")) == ("login", "clock")
    assert "核对密码" in card.text and "快 8 小时" in page.text("inspection-clock")
    assert not page.find("cam-test").is_enabled()
    shoot(page, "onvif-wrong")

    # Its streams: the larger is recorded, the smaller is for tiles, and either can be changed.
    fill(page, "cam-password", "p@ss 1")
    page.click("cam-inspect")
    wait_for(lambda: page.find("inspection").get_attribute("data-ok") == "true", why="its streams")
    assert "Simcam 大厅南门" in page.text("inspection-device") and "H.264 · 640×360 · 25 帧/秒 · 500 kbit/s" in page.text("stream-Profile_1")
    assert is_chosen(page, "stream-Profile_1-main") and is_chosen(page, "stream-Profile_2-sub")
    page.click("cam-test")
    wait_for(lambda: len(page.driver.find_elements(By.CSS_SELECTOR, "[data-testid^=probe-][data-ok=true]")) == 2, 60, why="both have a picture")
    fill(page, "cam-name", "南门")
    fill(page, "cam-place", "大厅南门上方")
    page.click("cam-counter-c1")
    shoot(page, "onvif-add")
    page.click("cam-save")
    wait_for(lambda: page.find("cameras-row-cam1").get_attribute("data-state") == "live", 30, why="it is live")
    assert "大厅南门上方" in page.text("cameras-row-cam1")
    stored = yaml.safe_load(box.config_path.read_text())["cameras"]
    main, sub = (one["url"].replace("//", "//admin:p%40ss%201@") for one in devices[0].streams)
    assert stored == [{"id": "cam1", "name": "南门", "place": "大厅南门上方", "url": main, "sub_url": sub, "counters": ["c1"]}]
    page.driver.get(box.url + "/live?camera=cam1")
    wait_for(lambda: (v := page.video('[data-testid="tile-cam1"] video')) and v["t"] > 0 and v, why="a picture")
    first = page.video('[data-testid="tile-cam1"] video')["t"]
    wait_for(lambda: page.video('[data-testid="tile-cam1"] video')["t"] > first + 1, why="it moves")
    shoot(page, "onvif-live")

    # Asked again in its settings, with the password that the box keeps.
    page.driver.get(box.url + "/cameras?edit=cam1")
    page.find("cam-maker").find_element(By.CSS_SELECTOR, "option[value=onvif]").click()
    fill(page, "cam-host", devices[0].host)
    page.click("cam-inspect")
    assert page.find("inspection").get_attribute("data-ok") == "true"
    assert abs(int(page.find("inspection-clock").get_attribute("data-offset-ms")) - 8 * 3600_000) < 3000
    shoot(page, "onvif-edit")

    # Its clock by itself, and where it is found again it is known.
    page.driver.get(box.url + "/camera?id=cam1")
    page.click("camera-clock-read")
    assert abs(int(page.find("inspection-clock").get_attribute("data-offset-ms")) - 8 * 3600_000) < 3000
    shoot(page, "onvif-clock")
    page.driver.get(box.url + "/cameras?add=1")
    page.click("cam-find")
    assert page.text(f"found-known-{DEVICES[0][0]}") == "已添加：南门"
    assert page.all(f"found-{DEVICES[1][0]}") and not page.all(f"found-known-{DEVICES[1][0]}")
    shoot(page, "onvif-known")

    # A recorder: one picture of several, H.265, what cannot be recorded, and an address where nobody is.
    page.driver.get(box.url + "/cameras?add=1")
    fill(page, "cam-host", devices[3].host)
    fill(page, "cam-password", "p@ss 1")
    page.click("cam-inspect")
    card = page.find("inspection")
    assert "H.265 · 2560×1440" in page.text("stream-a1") and "画面 2" in page.text("stream-b1") and "不能录像" in page.text("stream-b2")
    assert "慢" in page.text("inspection-clock")
    assert "192.168.0.9" in card.text and -43_000 < int(page.find("inspection-clock").get_attribute("data-offset-ms")) < -37_000
    assert is_chosen(page, "stream-a1-main") and is_chosen(page, "stream-a2-sub")
    page.find("stream-b1").find_element(By.CSS_SELECTOR, "label").click()
    page.click("stream-no-sub")
    assert is_chosen(page, "stream-b1-main") and not is_chosen(page, "stream-a1-main") and not is_chosen(page, "stream-a2-sub")
    shoot(page, "onvif-recorder")

    # Another one, with its account locked: what was found before is gone with the number.
    fill(page, "cam-host", devices[2].host)
    page.gone("inspection")
    assert not page.find("cam-test").is_enabled()
    page.click("cam-inspect")
    card = page.find("inspection")
    assert card.get_attribute("data-code") == "locked" and "锁定" in card.text
    shoot(page, "onvif-locked")
