# SPDX-License-Identifier: Apache-2.0
"""Rating pads over MQTT: what they press is stored once, joined with case and clip, and marked where something is missing."""
import json
import time
import uuid
from urllib.parse import urljoin

import pytest

from support.box import wait_for, when
from support.pad import invite

LATE_BY = 4  # seconds that a press waits in a pad without network


@pytest.fixture(scope="module")
def hall(share_box, share_camera):
    """A box with one camera on counter c1 for the tests that only add ratings of their own."""
    camera = share_camera()
    box = share_box({"cameras": [camera.config()], "rules": {"clip_before_seconds": 4, "clip_after_seconds": 2}})
    box.wait_camera("cam1")
    return box


def test_a_bad_rating_stands_beside_case_and_clip(hall, make_pad):
    box = hall
    pad = make_pad(box, "p1").wait_connected()
    box.api("PUT", "/cases/QS-1", {"item": {"code": "1", "name": "老年人优待证办理"}, "unit": "民政办", "kind": "promised",
                                   "limit_days": 5, "counter": "c1", "applicant": "张小三"})
    box.recorded_until("cam1", time.time() + 5)
    inv = invite(box, pad, case="QS-1")
    rating = pad.press(2, inv=inv, tags=["213"], text="等了很久")
    pad.wait_stored(rating)
    got = box.rating(rating)
    assert got["level"] == 2 and got["case"]["number"] == "QS-1" and got["counter"]["id"] == "c1"
    assert got["case"]["applicant"].startswith("张") and "小三" not in got["case"]["applicant"]
    assert got["clip"]["camera"] == "cam1"
    wait_for(lambda: box.rating(rating)["clip"]["held"] == "held", why="the clip is held")
    box.recorded_until("cam1", when(got["clip"]["to_at"]))
    playlist = box.http("GET", got["clip"]["playback"])
    assert playlist.status_code == 200 and "#EXT-X-MAP" in playlist.text
    name = next(line for line in playlist.text.splitlines() if line.endswith(".mp4"))
    part = box.http("GET", urljoin(got["clip"]["playback"], name), headers={"Range": "bytes=0-7"})
    assert part.status_code == 206 and part.content[4:8] == b"ftyp"


def test_presses_without_network_are_joined_to_the_minute_in_which_they_were(hall, make_pad):
    pad = make_pad(hall, "p1").wait_connected()
    hall.recorded_until("cam1", time.time() + 3)
    pad.unplug()
    pressed, ratings = time.time(), {}
    for clock, error_s, marks in (("ntp", 0, set()), ("rtc", -86400, {"clock_skew"}), ("none", -86400, set())):
        told = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(pressed + error_s))
        ratings[pad.press(1, clk=clock, t=told)] = marks
    assert not set(ratings) & set(pad.sent)
    hall.recorded_until("cam1", pressed + LATE_BY)
    assert all(hall.http("GET", f"/api/v1/ratings/{rating}").status_code == 404 for rating in ratings)
    pad.plug().wait_stored(*ratings)
    for rating, marks in ratings.items():
        got = hall.rating(rating)
        event, received = when(got["event_at"]), when(got["received_at"])
        # The event is the receipt less the age that the pad said in one of its sendings, to the millisecond.
        assert min(abs(received - event - age / 1000) for age in pad.sent[rating]) < 0.002
        assert received - event >= LATE_BY and abs(event - pressed) < 1.5
        assert set(got["marks"]) == {"no_invitation", "unknown_case"} | marks
        clip = got["clip"]
        assert (when(clip["from_at"]), when(clip["to_at"])) == pytest.approx((event - 4, event + 2), abs=0.002)
        playlist = hall.http("GET", clip["playback"]).text.splitlines()
        begins = [when(line.split(":", 1)[1]) for line in playlist if line.startswith("#EXT-X-PROGRAM-DATE-TIME:")]
        assert begins and begins[0] < event
        wait_for(lambda: hall.rating(rating)["clip"]["held"] == "held", why="the clip of a bad rating is held")


def test_a_press_after_the_window_is_expired_and_one_in_time_but_sent_late_is_not(make_box, make_pad):
    box = make_box({"rules": {"invitation_seconds": 2}})
    pad = make_pad(box, "p1").wait_connected()
    in_time, late = (invite(box, pad) for _ in range(2))
    pad.unplug()
    waiting = pad.press(5, inv=in_time)
    wait_for(lambda: all(box.api("GET", f"/invitations/{inv}")["state"] == "expired" for inv in (in_time, late)), why="they expire")
    pad.plug().wait_stored(waiting)
    expired = pad.press(2, inv=late)
    pad.wait_stored(expired)
    assert "expired" in box.rating(expired)["marks"] and box.rating(expired)["invitation"]["id"] == late
    assert "expired" not in box.rating(waiting)["marks"] and box.rating(waiting)["is_counted"]
    assert box.api("GET", "/ratings?mark=expired")["total"] == 1
    assert box.api("GET", f"/invitations/{in_time}")["state"] == "rated"


def test_the_same_press_again_is_answered_as_known_and_the_first_one_stands(hall, make_pad):
    pad = make_pad(hall, "p1").wait_connected()
    rating = pad.press(5, text="谢谢")
    pad.wait_stored(rating)
    pad.press(1, rating=rating, text="别的")
    wait_for(lambda: rating in pad.duplicates, why="it is answered as a duplicate")
    got = hall.rating(rating)
    assert (got["level"], got["text"]) == (5, "谢谢")
    assert [r["id"] for r in hall.ratings()].count(rating) == 1


def test_an_invitation_of_another_counter_is_kept_and_marked(hall, make_pad):
    asked, other = make_pad(hall, "p1").wait_connected(), make_pad(hall, "p2").wait_connected()
    inv = invite(hall, asked)
    rating = other.press(4, inv=inv)
    other.wait_stored(rating)
    assert "other_pad" in hall.rating(rating)["marks"]
    own = asked.press(5, inv=inv)
    asked.wait_stored(own)
    assert hall.rating(own)["marks"] == ["unknown_case"]


@pytest.mark.parametrize("victim", ["broker", "desk"])
def test_every_press_arrives_once_although_a_part_is_killed(make_box, make_pad, victim):
    box = make_box()
    pads = [make_pad(box, name).wait_connected() for name in ("p1", "p2")]
    sent = []
    for i in range(40):
        for pad in pads:
            sent.append((pad, pad.press(5 - i % 5)))
        if i == 20:
            box.kill_child(victim, wait=False)
        time.sleep(0.02)
    for pad, rating in sent:
        pad.wait_stored(rating, seconds=40)
    listed = box.api("GET", "/ratings?limit=200")
    assert listed["total"] == len(sent) and {r["id"] for r in listed["items"]} == {rating for _, rating in sent}


def test_bad_messages_are_answered_and_nothing_else_happens(hall, make_pad):
    before, children = {r["id"] for r in hall.ratings()}, hall.children()
    pad = make_pad(hall, "p1").wait_connected()
    good = {"v": 1, "id": str(uuid.uuid4()), "boot": "b", "seq": 1, "lvl": 3, "age": 0, "clk": "none"}
    broken = ["{", "[]", json.dumps(good | {"lvl": 9}), json.dumps(good | {"lvl": "5"}), json.dumps(good | {"text": "x" * 9000})]
    for message in broken:
        pad.publish("up/rating", message)
    pad.wait_bad(len(broken))
    assert all(bad["why"] for bad in pad.bad)
    pad.publish("up/rating", json.dumps(good))
    pad.wait_stored(good["id"])
    assert {r["id"] for r in hall.ratings()} == before | {good["id"]}
    assert hall.children() == children and pad.connections == 1


def test_a_pad_cannot_write_as_another(hall, make_pad):
    before = {r["id"] for r in hall.ratings()}
    pad = make_pad(hall, "p1").wait_connected()
    message = {"v": 1, "id": str(uuid.uuid4()), "boot": "b", "seq": 1, "lvl": 1, "age": 0, "clk": "none"}
    pad.publish("hall/v1/h1/p2/up/rating", json.dumps(message))
    mine = pad.press(5)
    pad.wait_stored(mine)
    other = make_pad(hall, "p2").wait_connected()
    later = other.press(4)
    other.wait_stored(later)
    assert {r["id"] for r in hall.ratings()} == before | {mine, later}


def test_repeated_unknown_and_missing_invitations_are_kept_and_marked(hall, make_pad):
    box = hall
    pad = make_pad(box, "p1").wait_connected()
    inv = invite(box, pad, case="not-known")
    first, second, unknown, none = pad.press(5, inv=inv), pad.press(4, inv=inv), pad.press(3, inv=str(uuid.uuid4())), pad.press(2)
    pad.wait_stored(first, second, unknown, none)
    assert "unknown_case" in box.rating(first)["marks"]
    assert "repeated" in box.rating(second)["marks"] and not box.rating(second)["is_counted"]
    assert "unknown_invitation" in box.rating(unknown)["marks"]
    assert "no_invitation" in box.rating(none)["marks"]
