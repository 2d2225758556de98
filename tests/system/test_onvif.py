# SPDX-License-Identifier: Apache-2.0
"""ONVIF cameras asked what they are, for their clock and their streams: makers' habits, and those that mean no good."""
import contextlib
import threading
import time

import pytest

from support import contract
from support.box import free_ports, wait_for
from support.onvif_device import STREAMS, OnvifDevice

GOOD = "p@ss 1"


@pytest.fixture(scope="module")
def box(share_box):
    return share_box()


@contextlib.contextmanager
def device(*habits, **options):
    made = OnvifDevice(habits, **options)
    try:
        yield made
    finally:
        made.close()


def inspect(box, address, user="admin", password=GOOD, **more):
    answer = box.http("POST", "/api/v1/cameras/inspect", json={"address": address, "user": user, "password": password, **more}, timeout=40)
    assert answer.status_code == 200, answer.text
    operation = next(operation for method, path, operation in contract.operations() if (method, path) == ("POST", "/api/v1/cameras/inspect"))
    contract.check_answer(operation, answer)
    return answer.json()


def told(found):
    return [(one["token"], one["codec"], one["width"], one["height"], one["fps"], one["kbit"], one["gop"], one["url"]) for one in found["profiles"]]


EXPECTED = [("Profile_1", "h264", 640, 360, 25, 500, 50, "rtsp://127.0.0.1:554/main"), ("Profile_2", "h264", 320, 180, 15, 128, 30, "rtsp://127.0.0.1:554/sub")]


@pytest.mark.parametrize("habits, logins", [
    ((), []),  # an open device
    (("digest",), ["Digest"]),
    (("sha256", "prefixes"), ["Digest"]),
    (("digest", "once"), ["Digest"]),
    (("token",), ["token"]),
    (("token", "digest", "prefixes"), ["Digest"]),
    (("token", "old"), ["token"]),
    (("digest", "media2"), ["Digest"]),
    (("token", "media2-only"), ["token"]),
    (("digest", "away"), ["Digest"]),
    (("digest", "moved"), ["Digest"]),
    (("digest", "time-login"), ["Digest"]),
    (("digest", "shy"), ["Digest"]),
])
def test_streams_are_told_whatever_the_maker_is_used_to(box, habits, logins):
    with device(*habits) as camera:
        found = inspect(box, camera.host)
        assert found["ok"], found
        assert told(found) == EXPECTED
        assert [one["name"] for one in found["profiles"]] == ["mainStream", "subStream"] and found["profiles"][0]["source"] == "source_1"
        shown = None if "shy" in habits else "Sim & Söhne"
        assert found["device"]["maker"] == shown and abs(found["clock_offset_ms"]) < 3000
        # What it names instead of itself is told, and not gone to.
        assert found["profiles"][0]["host"] == ("192.0.2.77" if "away" in habits else None)
        assert camera.logins[:1] == logins[:1] and len(set(camera.logins)) == len(logins), camera.logins
    assert GOOD not in box.log()


def test_h265_is_told_by_media2_alone(box):
    streams = [{**STREAMS[0], "codec": "H265"}, {**STREAMS[1], "codec": "JPEG", "source": "source_2"}]
    for habit, codec in (("media2", "h265"), ("token", "h264")):
        with device(habit, streams=streams) as camera:
            found = inspect(box, f"http://{camera.host}/onvif/device_service")
            assert [(one["codec"], one["source"]) for one in found["profiles"]] == [(codec, "source_1"), ("jpeg", "source_2")]


@pytest.mark.parametrize("habits", [("token",), ("token", "local-time"), ("digest",), ("digest", "time-login")])
@pytest.mark.parametrize("hours", [-7, 8])
def test_a_wrong_clock_keeps_nobody_out(box, habits, hours):
    with device(*habits, clock_s=hours * 3600) as camera:
        found = inspect(box, camera.host)
        assert found["ok"] and abs(found["clock_offset_ms"] - hours * 3600_000) < 3000, found


@pytest.mark.parametrize("habits, options, step, code, attempts", [
    (("digest",), {"password": "other"}, "login", "password", 2),
    (("token",), {"password": "other"}, "login", "password", 1),
    (("token",), {"password": "other", "clock_s": 7200}, "login", "clock", 2),
    (("token", "time-login"), {"clock_s": 7200}, "login", "clock", 1),
    (("basic",), {}, "login", "basic", 1),
    (("locked", "digest"), {}, "login", "locked", 0),
    (("forbidden", "digest"), {}, "login", "forbidden", 1),
    (("no-media",), {}, "media", "no_media", 0),
    (("no-profiles",), {}, "streams", "no_stream", 0),
    (("no-uri",), {}, "streams", "fault", 0),
    (("html",), {}, "device", "not_onvif", 0),
    (("garbage",), {}, "device", "not_onvif", 0),
    (("doctype",), {}, "device", "not_onvif", 0),
    (("elsewhere",), {}, "device", "redirect", 0),
    (("endless",), {}, "device", "too_large", 0),
])
def test_the_step_that_failed_is_named(box, habits, options, step, code, attempts):
    with device(*habits, **options) as camera:
        found = inspect(box, camera.host)
        assert (found["ok"], found.get("step"), found.get("code")) == (False, step, code), found
        assert len(camera.logins) == attempts, camera.logins  # cameras lock after a few
        assert "Basic" not in camera.logins
        assert code in ("not_onvif", "redirect", "too_large") or "time-login" in habits or found["clock_offset_ms"] is not None


def test_where_there_is_no_device(box):
    closed = free_ports(1)[0]
    rows = [(f"127.0.0.1:{closed}", "connect", "refused"), ("no-such-host.invalid:80", "connect", "unreachable"), ("rtsp://127.0.0.1/main", "address", "address"),
            ("127.0.0.1:0", "address", "address"), ("ftp://127.0.0.1/", "address", "address"), ("a b", "address", "address")]
    for address, step, code in rows:
        found = inspect(box, address)
        assert (found["ok"], found.get("step"), found.get("code")) == (False, step, code), (address, found)
    for wrong in ({"address": "x" * 1001}, {"address": ""}, {}, {"address": "h", "user": 7}):
        assert box.http("POST", "/api/v1/cameras/inspect", json=wrong).status_code == 400


def test_slow_ones_hold_up_nobody_else(box):
    with device("slow") as slow, device("drip") as drip, device("digest") as good:
        answers = []
        began = time.monotonic()
        threads = [threading.Thread(target=lambda camera=camera: answers.append(inspect(box, camera.host))) for camera in (slow, drip)]
        for thread in threads:
            thread.start()
        wait_for(lambda: slow.asked and drip.asked, why="both are being asked")
        assert box.http("POST", "/api/v1/cameras/inspect", json={"address": good.host}).status_code == 503
        for _ in range(10):
            assert box.http("GET", "/api/v1/cameras").status_code == 200
        for thread in threads:
            thread.join()
        assert time.monotonic() - began < 30
        assert [(one["step"], one["code"]) for one in answers] == [("device", "no_answer")] * 2
        assert inspect(box, good.host)["ok"]


def test_the_clock_is_read_without_a_login_and_the_kept_password_stays_with_its_host(box):
    with device("token", clock_s=600) as camera:
        found = inspect(box, camera.host, user=None, password=None)
        assert (found["step"], found["code"]) == ("login", "wanted") and abs(found["clock_offset_ms"] - 600_000) < 3000
        assert camera.logins == []
        entry = {"id": "kept", "name": "北门", "url": "rtsp://admin:p%40ss%201@127.0.0.1:1/main"}
        settings = box.api("POST", "/cameras", entry, status=201)
        wait_for(lambda: any(one["id"] == "kept" for one in box.api("GET", "/cameras")["items"]), why="it is in force")
        assert inspect(box, camera.host, password=None, camera="kept")["ok"]
        n = len(camera.logins)
        for address, user in ((f"localhost:{camera.port}", "admin"), (camera.host, "root"), (f"x@{camera.host}", "admin"), (f"{camera.host}@evil", "admin")):
            answer = box.http("POST", "/api/v1/cameras/inspect", json={"address": address, "user": user, "camera": "kept"})
            assert answer.status_code == 400 and "type it again" in answer.text, address
        assert len(camera.logins) == n
        box.http("DELETE", "/api/v1/cameras/kept", json={"digest": settings["digest"]})
