# SPDX-License-Identifier: Apache-2.0
"""Two disks on the overview: which one is recorded to and what is wrong with the other; and a camera's own quota, set in the page."""
import os
import time

import yaml
from selenium.webdriver.common.by import By

from support.box import wait_for, when
from support.film import make_film

SHOTS = os.environ.get("HALLWATCH_SHOTS")
QUOTA_GB = 0.0117  # 12 MB


def shoot(page, name):
    """For people who look at the pages: both widths."""
    if SHOTS:
        for width, height in ((1920, 1080), (390, 844)):
            page.driver.set_window_size(width, height)
            for part in page.all("disks") + page.all("cam-quota"):
                if width < 500:
                    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", part)
            page.driver.save_screenshot(f"{SHOTS}/{name}-{width}.png")
        page.driver.set_window_size(1366, 900)


def state(page, role):
    return page.find(f"disk-{role}").get_attribute("data-state")


def used(box):
    return sum(disk["used_bytes"] for disk in box.api("GET", "/overview")["disks"])


def test_the_disks_are_seen_and_a_cameras_quota_holds(make_box, tmp_path, page):
    film = make_film(tmp_path / "film.mp4", kbit=12000, noise=60)
    box = make_box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": f"file:{film}", "counters": ["c1"]}]}, start=False)
    main, spare = box.folder / "main", box.folder / "spare"
    box.config["storage"] = {"path": str(main), "spare_path": str(spare), "free_gb": 0.1, "segment_seconds": 2}
    box.write_config()
    box.start()
    begin = when(box.recorded_until("cam1", time.time() + 3)["from"])
    page.set_up(box)
    page.wait_text("disk-main", "正在录像")
    assert (state(page, "main"), state(page, "spare")) == ("well", "well") and "正在录像" not in page.text("disk-spare")

    box.fault(f"archive.fragment@{main} EIO", f"archive.open@{main} EIO")
    page.wait_text("disk-spare", "正在录像", 40)
    wait_for(lambda: state(page, "main") == "failed" and page.find("disk-main").find_elements(By.CLASS_NAME, "disk-why"), why="what is wrong")
    page.wait_text("tile-cameras-warning", "备用磁盘")
    shoot(page, "overview-spare")
    box.fault()
    page.wait_text("disk-main", "正在录像", 60)
    page.gone("tile-cameras-warning", 30)
    box.recorded_until("cam1", begin + 12)
    wait_for(lambda: used(box) > QUOTA_GB * 2**30, 30, 0.3, "more is kept than the quota will allow")

    page.driver.get(box.url + "/cameras?edit=cam1")
    page.type("cam-quota", str(QUOTA_GB))
    shoot(page, "camera-quota")
    page.click("cam-save")
    page.find("cameras-row-cam1")
    assert yaml.safe_load(box.config_path.read_text())["cameras"][0]["quota_gb"] == QUOTA_GB
    wait_for(lambda: used(box) < QUOTA_GB * 2**30 + 5e6, 30, 0.3, "the camera's oldest recordings go")
    assert when(box.timeline("cam1", begin)["spans"][0]["from"]) > begin + 1
    page.driver.get(box.url + "/cameras?edit=cam1")
    assert page.find("cam-quota").get_attribute("value") == str(QUOTA_GB)
    box.stop()
    done = box.check("--deep")
    assert done.returncode == 0, done.stdout
