# SPDX-License-Identifier: Apache-2.0
"""The relay as the county sees it: opened by ffmpeg and GStreamer alike, with the password only."""
import json
import subprocess

import pytest


@pytest.fixture(scope="module")
def hall(share_box, share_camera):
    camera = share_camera(audio="aac")
    hevc = share_camera(codec="h265")
    box = share_box({"cameras": [camera.config(), hevc.config("hevc"), camera.config("kept", relay=False)]})
    for name in ("cam1", "hevc", "kept"):
        box.wait_camera(name)
    return box


def address(box, path, password="relay-password"):
    return f"rtsp://county:{password}@127.0.0.1:{box.ports[3]}{path}"


def ffprobe(url, transport="tcp"):
    return subprocess.run(["ffprobe", "-v", "error", "-rtsp_transport", transport, "-show_entries", "stream=codec_name,width", "-of",
                           "json", url], capture_output=True, text=True, timeout=60)


def gstreamer(url, transport, codec):
    """Ends with 0 once 10 pictures have come."""
    return subprocess.run(
        ["gst-launch-1.0", "-q", "rtspsrc", f"location={url}", f"protocols={transport}", "!",
         f"application/x-rtp,media=video,encoding-name={codec.upper()}", "!", f"rtp{codec}depay", "!", f"{codec}parse", "!",
         f"video/x-{codec},alignment=au", "!", "fakesink", "num-buffers=10"], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("path, codec, width", [("/cam1", "h264", 640), ("/cam1/sub", "h264", 320), ("/hevc", "hevc", 640)])
def test_it_opens_in_ffmpeg_and_gstreamer(hall, path, codec, width, transport):
    probe = ffprobe(address(hall, path), transport)
    assert probe.returncode == 0, probe.stderr
    video = [s for s in json.loads(probe.stdout)["streams"] if "width" in s]
    assert video == [{"codec_name": codec, "width": width}]
    gst = gstreamer(address(hall, path), transport, {"hevc": "h265"}.get(codec, codec))
    assert gst.returncode == 0, gst.stderr


def test_the_sound_goes_along(hall):
    assert "aac" in [s["codec_name"] for s in json.loads(ffprobe(address(hall, "/cam1")).stdout)["streams"]]


@pytest.mark.parametrize("url", ["rtsp://county:wrong-password@{0}/cam1", "rtsp://admin:relay-password@{0}/cam1", "rtsp://{0}/cam1"])
def test_nobody_comes_in_without_the_password(hall, url):
    done = ffprobe(url.format(f"127.0.0.1:{hall.ports[3]}"))
    assert done.returncode != 0 and "401" in done.stderr, done.stderr
    gst = gstreamer(url.format(f"127.0.0.1:{hall.ports[3]}"), "tcp", "h264")
    assert gst.returncode != 0 and "nauthorized" in gst.stderr + gst.stdout, gst.stderr


def test_only_what_the_config_relays_is_there(hall):
    for path in ("/kept", "/not-there", "/cam1/other"):
        done = ffprobe(address(hall, path))
        assert done.returncode != 0 and "404" in done.stderr, (path, done.stderr)
        stranger = ffprobe(f"rtsp://127.0.0.1:{hall.ports[3]}{path}")
        assert "401" in stranger.stderr, "a stranger does not learn which cameras there are"


def test_many_readers_are_one_to_the_camera(hall):
    readers = [subprocess.Popen(["ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", address(hall, "/cam1"), "-t", "2", "-c", "copy",
                                 "-f", "null", "-"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(5)]
    failures = [reader.communicate(timeout=60)[1] for reader in readers]
    assert [reader.returncode for reader in readers] == [0] * 5, failures
    assert hall.camera("cam1")["state"] == "live"
