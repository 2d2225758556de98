# SPDX-License-Identifier: Apache-2.0
"""From opening a live address to the first picture that can be decoded, beside go2rtc's fragmented MP4.

Expected before measuring: the box about 20 ms by HTTPS (TLS, the desk is asked who it is, then the kept GOP is sent at
once), whatever the phase of the GOP, the sub stream a little less. go2rtc keeps no GOP: with key frames each 2 s about 1 s
in the median and 2 s at worst, and more where the camera has to be opened first.
"""
import contextlib
import http.client
import random
import ssl
import statistics
import subprocess
import time
from urllib.parse import urlsplit

import film
from comparison import Figure, Refused, in_turn, print_table
from go2rtc import Go2rtc
from rtsp import Readers
from support.box import Box, wait_for
from support.camera import Camera

OPENINGS = 10
GOP = 2.0
IDR = 5

INSECURE = ssl.create_default_context()  # the box's certificate is its own
INSECURE.check_hostname = False
INSECURE.verify_mode = ssl.CERT_NONE

FIGURES = [Figure("median", "median ms", "{:.0f}", True), Figure("worst", "worst ms", "{:.0f}", True),
           Figure("kb", "kB until then", "{:.0f}")]


def boxes(data):
    """Complete boxes at the top: (type, where it begins, where it ends)."""
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        if size < 8 or at + size > len(data):
            return
        yield bytes(data[at + 4:at + 8]), at, at + size
        at += size


def has_key_frame(mdat):
    """Whether an IDR picture is among the NAL units, each of which has its size before it."""
    at = 0
    while at + 5 <= len(mdat):
        if mdat[at + 4] & 31 == IDR:
            return True
        at += 4 + int.from_bytes(mdat[at:at + 4], "big")
    return False


def first_picture(data):
    """Where the first whole fragment with a key frame ends, or None."""
    seen = set()
    for kind, begin, end in boxes(data):
        if kind == b"mdat" and {b"moov", b"moof"} <= seen and has_key_frame(data[begin + 8:end]):
            return end
        seen.add(kind)
    return None


def must_decode(data):
    words = ["ffmpeg", "-v", "error", "-i", "pipe:", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "pipe:"]
    done = subprocess.run(words, input=data, capture_output=True)
    if not done.stdout:
        raise Refused(f"ffmpeg finds no picture in what came first: {done.stderr.decode()}")


def open_once(url, headers):
    """Milliseconds until the picture was there, and the bytes until its end."""
    parts, data = urlsplit(url), bytearray()
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    options = {"context": INSECURE} if parts.scheme == "https" else {}
    began = time.monotonic()
    with contextlib.closing(kind(parts.netloc, timeout=20, **options)) as connection:
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        while not (end := first_picture(data)):
            piece = answer.read1(1 << 16)
            if not piece:
                raise Refused(f"{url}: {answer.status}, and it ended without a picture")
            data += piece
        took = (time.monotonic() - began) * 1000
    must_decode(bytes(data[:end]))
    return took, end


def open_often(url, headers=None):
    """At random moments of the GOP."""
    tries = []
    for _ in range(OPENINGS):
        time.sleep(random.uniform(0, GOP))
        tries.append(open_once(url, headers or {}))
    times = [took for took, _ in tries]
    return {"median": statistics.median(times), "worst": max(times),
            "kb": statistics.median(size for _, size in tries) / 1000}


def live_url(rival, name):
    return f"{rival.api}/api/stream.mp4?src={name}"


def open_often_while_read(rival, name):
    with contextlib.closing(Readers([rival.url(name)])):
        return open_often(live_url(rival, name))


def bench(rounds):
    camera = Camera(file=film.make("main"), sub_file=film.make("sub"))
    box = Box({"cameras": [{"id": "cam1", "name": "1号窗口", "url": camera.url(), "sub_url": camera.url("/sub")}]})
    rival = Go2rtc({"main": camera.url(), "sub": camera.url("/sub")})
    key = {"Authorization": f"Bearer {box.key()}"}
    try:
        wait_for(lambda: (c := box.wait_camera("cam1"))["main"] and c["sub"], why="both streams")
        time.sleep(2 * GOP)
        groups = [in_turn({
            f"box, {name}, HTTPS": lambda name=name: open_often(f"{box.url}/media/live/cam1?stream={name}", key),
            f"go2rtc, {name}, HTTP, read by others": lambda name=name: open_often_while_read(rival, name),
            f"go2rtc, {name}, HTTP, opened for it": lambda name=name: open_often(live_url(rival, name)),
        }, rounds, {"worst": max}) for name in film.FILMS]
    finally:
        rival.close()
        box.close()
        camera.kill()
    print_table(f"picture: opening a live stream, a key frame each {GOP:.0f} s, {OPENINGS * rounds} openings; until its first "
                "fragment with a key frame is there whole", groups, FIGURES)
