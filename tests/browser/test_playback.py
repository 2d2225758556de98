# SPDX-License-Identifier: Apache-2.0
"""Playback in a real browser: what was recorded and why not, jumps to marks, links to a moment, cameras in step. Which
moment a picture is of is read from the picture itself: the simulated camera writes its clock into the lower edge."""
import time
from urllib.parse import quote

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from support.box import wait_for, when
from support.pad import Pad
from support.page import PASSWORD

# Unix seconds that the picture of each camera says, read at the same moment; null: no picture is shown.
PICTURES = """
return arguments[0].map((camera) => {
  const video = document.querySelector(`[data-testid="pane-${camera}"] video`);
  if (!video || video.readyState < 2 || video.seeking || !video.videoWidth || getComputedStyle(video).visibility !== "visible") return null;
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const side = video.videoWidth / 80;
  let code = 0;
  for (let bit = 0; bit < 32; bit++) {
    const [grey] = context.getImageData(Math.floor((bit + 0.5) * side), Math.floor(video.videoHeight - side / 2), 1, 1).data;
    code = code * 2 + (grey > 127 ? 1 : 0);
  }
  const now = Math.round(Date.now() / 100);
  return (Math.floor(now / 2 ** 32) * 2 ** 32 + code) / 10;
});
"""


@pytest.fixture(scope="module")
def hall(share_box, share_camera, request):
    """Two cameras with a recording each; the first was away for some seconds, and a bad rating was given at its counter."""
    cameras = [share_camera(), share_camera()]
    box = share_box({"cameras": [cameras[0].config("cam1", ("c1",)), cameras[1].config("cam2", ("c2",), masks=["0,0 0.3,0.3"])]})
    for name, role in (("zhuren", "director"), ("kan", "viewer")):
        box.command("user", "add", name, "--role", role, "--password-stdin", "--data", box.data, stdin=PASSWORD + "\n")
    for name in ("cam1", "cam2"):
        box.wait_camera(name)
    box.begin = time.time()
    box.recorded_until("cam1", box.begin + 5)
    cameras[0].kill()
    box.away = time.time()
    pad = Pad(box, "p2").wait_connected()
    request.addfinalizer(pad.close)
    time.sleep(6)
    cameras[0].start()
    box.back = time.time()
    box.wait_camera("cam1")
    box.recorded_until("cam1", box.back + 4)
    box.pad = Pad(box, "p1").wait_connected()
    request.addfinalizer(box.pad.close)
    box.bad = box.pad.press(1, text="等了很久")
    box.pad.wait_stored(box.bad)
    box.bad_at = when(box.rating(box.bad)["event_at"])
    for name in ("cam1", "cam2"):
        box.recorded_until(name, box.bad_at + 12)
    return box


def at(moment):
    return str(int(moment * 1000))


def pictures(page, *cameras):
    return page.driver.execute_script(PICTURES, list(cameras))


def picture(page, camera, seconds=20):
    return wait_for(lambda: pictures(page, camera)[0], seconds, 0.1, f"a picture of {camera}")


def moment(page):
    return int(page.find("moment").get_attribute("data-ms")) / 1000


def key(page, text):
    page.driver.find_element(By.TAG_NAME, "body").send_keys(text)


def open_at(page, hall, moment, more=""):
    page.driver.get(f"{hall.url}/playback?camera=cam1&at={at(moment)}{more}")
    page.find("timeline")


@pytest.fixture
def player(page, hall):
    page.log_in(hall, "zhuren")
    page.find("nav-playback")
    return page


def test_the_timeline_shows_recordings_and_the_gap_with_its_reason(player, hall):
    # Zooming keeps the moment where it is on the line: in the evening there is more to see before it than after it.
    start = hall.begin + 2 if time.gmtime(hall.begin + 8 * 3600).tm_hour < 12 else hall.bad_at + 1
    open_at(player, hall, start)
    shown = picture(player, "cam1")
    assert abs(shown - start) < 1
    for _ in range(9):
        player.click("zoom-in")
    track = player.find("track-cam1")
    wait_for(lambda: len(track.find_elements(By.CSS_SELECTOR, ".tl-rec")) == 2, 10, 0.1, "two recorded spans")
    gaps = wait_for(lambda: track.find_elements(By.CSS_SELECTOR, ".tl-gap"), 10, 0.1, "the gap")
    wide = max(gaps, key=lambda gap: gap.rect["width"])
    ActionChains(player.driver).move_to_element(wide).perform()
    player.wait_text("timeline-card", "摄像机离线")
    wide.click()
    # A click plays there, and where nothing was recorded it goes on at the end of the gap and says so.
    wait_for(lambda: any("已跳到" in one.text for one in player.driver.find_elements(By.CSS_SELECTOR, ".notice")), 20, 0.1, "it says so")
    wait_for(lambda: moment(player) > hall.back, 20, 0.1, "the gap is jumped over")
    wait_for(lambda: (shown := pictures(player, "cam1")[0]) and shown > hall.back, 20, 0.1, "the picture after the gap")


def test_a_moment_without_recording_says_why(player, hall):
    open_at(player, hall, hall.away + 3)
    player.wait_text("gap-cam1", "摄像机离线")
    assert pictures(player, "cam1") == [None]


def test_k_jumps_to_the_next_mark_and_plays_from_that_second(player, hall):
    open_at(player, hall, hall.begin + 1)
    picture(player, "cam1")
    wait_for(lambda: player.driver.find_elements(By.CSS_SELECTOR, f'[data-testid="mark-{hall.bad}"]'), 10, 0.1, "the mark")
    key(player, "k")
    player.wait_text("mark-card", "等了很久")
    shown = wait_for(lambda: (now := pictures(player, "cam1")[0]) and now > hall.bad_at - 1 and now, 20, 0.05, "the picture of the press")
    assert abs(shown - hall.bad_at) < 3
    assert player.find("playback").get_attribute("data-playing") == "true"
    wait_for(lambda: pictures(player, "cam1")[0] and pictures(player, "cam1")[0] > hall.bad_at + 1, 20, 0.1, "it plays on")
    key(player, "j")
    player.wait_text("mark-card", "等了很久")
    player.click("kind-rating_bad")
    wait_for(lambda: not player.driver.find_elements(By.CSS_SELECTOR, f'[data-testid="mark-{hall.bad}"]'), 10, 0.1, "the kind is hidden")


def test_a_link_opens_at_the_same_moment(player, hall):
    open_at(player, hall, hall.bad_at + 0.5, "&with=cam2")
    first = picture(player, "cam1")
    key(player, Keys.ARROW_RIGHT)
    wait_for(lambda: (now := pictures(player, "cam1")[0]) and now > first + 8, 20, 0.1, "ten seconds ahead")
    player.driver.execute_cdp_cmd("Browser.grantPermissions", {"origin": hall.url, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    player.click("copy-link")
    link = wait_for(lambda: player.driver.execute_async_script(
        "const done = arguments[0]; navigator.clipboard.readText().then(done, () => done(null));"), 10, 0.2, "a copied link")
    wanted = moment(player)
    assert quote("+08:00") in link or "+08:00" in link
    shown = wait_for(lambda: pictures(player, "cam1")[0], 10)
    player.driver.get("about:blank")
    player.driver.get(link)
    player.find("timeline")
    again = picture(player, "cam1")
    assert abs(moment(player) - wanted) < 0.01
    assert abs(again - shown) <= 0.2
    assert player.find("pane-cam2")


def test_two_cameras_play_in_step(player, hall):
    open_at(player, hall, hall.bad_at, "&with=cam2")
    picture(player, "cam1")
    picture(player, "cam2")
    player.click("play")
    wait_for(lambda: (now := pictures(player, "cam1")[0]) and now > hall.bad_at + 2, 20, 0.1, "it plays")
    apart = []
    for _ in range(20):
        one, other = pictures(player, "cam1", "cam2")
        if one and other:
            apart.append(abs(one - other))
        time.sleep(0.15)
    assert len(apart) > 10
    assert max(apart) <= 0.5, apart
    # One that has no recording rests, and comes in again when it has.
    open_at(player, hall, hall.away + 1, "&with=cam2")
    player.find("gap-cam1")
    picture(player, "cam2")
    player.click("play")
    wait_for(lambda: all(pictures(player, "cam1", "cam2")), 30, 0.1, "the first one comes in")
    one, other = wait_for(lambda: all(both := pictures(player, "cam1", "cam2")) and both, 10)
    assert abs(one - other) <= 0.6


def test_a_bookmark_is_made_shown_and_removed(player, hall):
    open_at(player, hall, hall.bad_at + 5)
    picture(player, "cam1")
    key(player, "b")
    player.type("bookmark-text", "群众到窗口")
    player.click("bookmark-save")
    mark = wait_for(lambda: [m for m in hall.api("GET", "/marks?camera=cam1")["items"] if m["kind"] == "bookmark"], 10, 0.1, "the bookmark")[0]
    assert mark["by"] == "zhuren" and abs(when(mark["at"]) - (hall.bad_at + 5)) < 0.01
    wait_for(lambda: player.text("kind-bookmark").endswith("1"), 10, 0.1, "it is counted")
    open_at(player, hall, hall.bad_at + 2)
    wait_for(lambda: player.text("kind-bookmark").endswith("1"), 10, 0.1, "it is counted")
    key(player, "k")
    player.wait_text("mark-card", "群众到窗口")
    player.click("bookmark-remove")
    wait_for(lambda: player.text("kind-bookmark").endswith("0"), 10, 0.1, "it is gone")


def test_a_chosen_range_is_held_until_the_end_of_a_day(player, hall):
    open_at(player, hall, hall.begin + 1)
    picture(player, "cam1")
    key(player, "[")
    key(player, Keys.ARROW_RIGHT)
    key(player, "]")
    player.type("range-reason", "投诉核查")
    Select(player.find("range-until")).select_by_value("30")
    player.click("range-hold")
    held = wait_for(lambda: [h for h in hall.api("GET", "/holds?camera=cam1")["items"] if h["reason"] == "投诉核查"], 10, 0.1, "the hold")[0]
    assert abs(when(held["from_at"]) - (hall.begin + 1)) < 0.1 and 9 < when(held["to_at"]) - when(held["from_at"]) < 12
    assert 30 <= (when(held["until_at"]) - time.time()) / 86400 <= 31
    player.gone("range")


def test_a_chosen_range_of_two_cameras_is_exported(player, hall):
    open_at(player, hall, hall.bad_at, "&with=cam2")
    picture(player, "cam1")
    key(player, "[")
    key(player, Keys.ARROW_RIGHT)
    key(player, "]")
    player.type("range-reason", "投诉核查")
    player.click("range-export")
    player.gone("range")
    made = hall.api("GET", "/exports")["items"][0]
    assert [clip["camera"] for clip in made["clips"]] == ["cam1", "cam2"] and made["reason"] == "投诉核查"


def test_from_a_rating_and_from_live_to_the_recording(player, hall):
    player.driver.get(f"{hall.url}/ratings?id={hall.bad}")
    player.click("clip-playback")
    player.find("timeline")
    assert abs(moment(player) - hall.bad_at) < 0.1
    player.click("nav-live")
    player.click("replay-cam2")
    player.find("timeline")
    assert 10 < time.time() - moment(player) < 120
    picture(player, "cam2")


def test_a_viewer_gets_stills_of_a_camera_with_masks_and_no_player_link(page, hall):
    page.log_in(hall, "kan")
    page.find("nav-playback")
    page.driver.get(f"{hall.url}/playback?camera=cam2&with=cam1&at={at(hall.bad_at)}")
    still = page.find("still-cam2").get_attribute("src")
    page.wait_text("pane-cam2", "隐私遮挡")
    picture(page, "cam1")
    assert pictures(page, "cam2") == [None]
    assert page.all("copy-link") and not page.all("copy-player")
    # They follow the clock; what the viewer may not do is not offered.
    key(page, "[")
    key(page, Keys.ARROW_RIGHT)
    key(page, "]")
    wait_for(lambda: page.find("still-cam2").get_attribute("src") != still, 20, 0.1, "another still")
    assert page.all("range") and not page.all("range-hold") and not page.all("range-export")
    page.driver.get(f"{hall.url}/playback?camera=cam1&at={at(hall.bad_at)}")
    page.find("copy-player")


def test_speeds_sound_and_keys_are_as_the_help_says(player, hall):
    open_at(player, hall, hall.begin + 1)
    picture(player, "cam1")
    speeds = [option.get_attribute("value") for option in Select(player.find("speed")).options]
    assert speeds == ["0.5", "1", "2", "4", "8", "16"]
    video = player.driver.find_element(By.CSS_SELECTOR, '[data-testid="pane-cam1"] video')
    assert video.get_property("muted")
    key(player, "m")
    wait_for(lambda: not video.get_property("muted"), 10, 0.1, "sound")
    key(player, "?")
    help_text = wait_for(lambda: [d.text for d in player.driver.find_elements(By.CSS_SELECTOR, '[role="dialog"]') if d.is_displayed()], 10, 0.1, "help")[0]
    assert all(word in help_text for word in ("J", "K", "[", "]"))
    key(player, Keys.ESCAPE)
    key(player, " ")
    wait_for(lambda: player.find("playback").get_attribute("data-playing") == "true", 10, 0.1, "it plays")
    key(player, " ")
    wait_for(lambda: player.find("playback").get_attribute("data-playing") == "false", 10, 0.1, "it rests")
