# SPDX-License-Identifier: Apache-2.0
"""Hard cameras: each does one thing wrong. None may end the process, grow it, hold up another, or leave what cannot be played."""
import re
import socket
import subprocess
import threading
import time

import pytest

from support.box import wait_for, when
from support.rtsp_proxy import RtspProxy

SECONDS = 24
READERS = ("rtsp", "libav")
SMALL = {"size": "320x180", "bitrate": 200}

# what the camera does; what share of the time is recorded at least; how many pieces at most
HARD = {
    "plain": ({}, 0.9, 1),
    "drops": ({"drop_every": 8}, 0.6, 6),
    "silent": ({"trouble": ["no-rtcp"]}, 0.9, 1),
    "wrap": ({"trouble": ["wrap:6"]}, 0.9, 1),
    "forward": ({"trouble": ["jump:8"]}, 0.9, 1),
    "backward": ({"trouble": ["jump:-8"]}, 0.9, 1),
    "repeat": ({"trouble": ["repeat"]}, 0.9, 1),
    "fast": ({"trouble": ["speed:10"]}, 0.9, 1),
    "sizes": ({"change": 6}, 0.8, 1),
    "late-key": ({"trouble": ["no-key"], "gop": 5}, 0.6, 1),
    "long-gop": ({"gop": 10}, 0.9, 1),
    "slow": ({"fps": 1}, 0.8, 1),
    "b-frames": ({"b_frames": 2}, 0.8, 1),
    "huge": ({"trouble": ["huge"]}, 0.8, 1),
    "mute-late": ({"audio": "aac", "trouble": ["mute-late"]}, 0.8, 2),
    "mute-after": ({"audio": "pcma", "trouble": ["mute-after"]}, 0.8, 2),
    "garbage": ({"trouble": ["garbage"]}, 0.9, 1),
    "garbage-h265": ({"codec": "h265", "trouble": ["garbage"]}, 0.8, 1),
    "lossy": ({"trouble": ["loss:2"]}, 0.5, 12),
}


def without(*patterns):
    """An SDP without what matches."""
    def change(sdp):
        for pattern in patterns:
            sdp = re.sub(pattern, "", sdp)
        return sdp
    return change


def of_another(sdp):
    """Parameter sets of another picture (Baseline, 64x48) than the one that comes."""
    return re.sub(r"sprop-parameter-sets=[^;\r]*", "sprop-parameter-sets=Z0LACtkEewEQAAADABAAAAMBQPEiZIA=,aMuDyyA=", sdp)


def careless(sdp):
    """As small makers write it: bare line feeds, lines out of place, a host that is none of ours."""
    lines = sdp.replace("\r\n", "\n").replace("IN IP4 127.0.0.1", "IN IP4 0.0.0.0")
    return lines.replace("m=video", "x=unknown\na=no-value:\n=\nm=video") + "a=control:*\nm=application 0 RTP/AVP 107\n"


# What a proxy makes of the plain camera, and the readers that can live with it.
CHANGED = {
    "sha256": ({"sha256": ("adm", "secret")}, ("rtsp",)),  # FFmpeg knows MD5 only
    "bare-sdp": ({"sdp": without(r"sprop-parameter-sets=[^;\r]*;?", r"packetization-mode=\d;?", r"a=framerate.*\r\n")}, READERS),
    "lying-sdp": ({"sdp": of_another}, READERS),
    "careless-sdp": ({"sdp": careless}, READERS),
    "other-type": ({"sdp": lambda sdp: re.sub(r"\b96\b", "105", sdp)}, ("rtsp",)),  # FFmpeg drops such packets
}
PLAYED = [(kind, reader) for kind in HARD for reader in READERS] + [(kind, r) for kind, (_, rs) in CHANGED.items() for r in rs]


def refuse(answer):
    """A server that says answer to every connection, byte by byte where it is a generator."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk(connection):
        with connection:
            connection.settimeout(60)
            try:
                connection.recv(4096)
                for piece in answer():
                    connection.sendall(piece)
                connection.recv(4096)
            except OSError:
                pass

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return listener


def slow_loris():
    for byte in b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY\r\n\r\n":
        yield bytes([byte])
        time.sleep(1)


def endless_header():
    yield b"RTSP/1.0 200 OK\r\n"
    for i in range(4000):
        yield b"X-%d: %s\r\n" % (i, b"a" * 1000)


def noise():
    yield bytes(range(256)) * 64


def empty_session():
    yield b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 9999999999\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nm=video"


# Answers of servers that are none; a camera whose stream drips.
BROKEN = {"loris": slow_loris, "endless": endless_header, "noise": noise, "lying": empty_session}


def wait_for_all(box, names):
    """Until each has been live once: one that drops now and then need not be so at the same moment as the others."""
    seen = set()

    def look():
        seen.update(c["id"] for c in box.api("GET", "/cameras")["items"] if c["state"] == "live")
        return seen >= names

    wait_for(look, 60, 0.2, "each camera is live once")


@pytest.fixture(scope="module")
def hall(share_box, share_camera):
    cameras = {name: share_camera(**SMALL, **options) for name, (options, _, _) in HARD.items()}
    listeners = {name: refuse(answer) for name, answer in BROKEN.items()}
    plain = cameras["plain"]
    proxies = {name: RtspProxy(plain.port, **how) for name, (how, _) in CHANGED.items()}
    proxies["drip"] = RtspProxy(plain.port, pause=0.02)
    entries = [camera.config(f"{name}-{reader}", counters=(), sub_url=None, reader=reader, **({"transport": "udp"} if name == "lossy" else {}))
               for name, camera in cameras.items() for reader in READERS]
    entries += [{"id": f"{name}-{reader}", "name": name, "reader": reader, "url": f"rtsp://127.0.0.1:{listener.getsockname()[1]}/x"}
                for name, listener in listeners.items() for reader in READERS]
    entries += [{"id": f"{name}-{reader}", "name": name, "reader": reader, "url": proxy.url(*(proxy.who or ()))}
                for name, proxy in proxies.items() for reader in READERS]
    box = share_box({"cameras": entries})
    box.video = box.child("video")
    wait_for_all(box, {f"{name}-{reader}" for name, reader in PLAYED})
    box.began = time.time()
    time.sleep(SECONDS)
    box.ended = time.time()
    yield box
    for listener in [*listeners.values(), *proxies.values()]:
        listener.close()


@pytest.mark.parametrize("kind, reader", PLAYED)
def test_a_hard_camera_is_recorded_and_plays(hall, kind, reader):
    _, share, pieces = HARD.get(kind, ({}, 0.9, 1))
    name = f"{kind}-{reader}"
    timeline = hall.timeline(name, hall.began, hall.ended)
    spans = [(max(when(span["from"]), hall.began), min(when(span["to"]), hall.ended)) for span in timeline["spans"]]
    recorded = sum(end - begin for begin, end in spans)
    assert recorded >= share * SECONDS, (timeline, hall.timeline(name, hall.began - 60), hall.camera(name))
    assert len(spans) <= pieces, timeline
    assert all(one[1] <= two[0] for one, two in zip(spans, spans[1:])), timeline
    path = f"/media/playback/{name}/index.m3u8?from={int(hall.began * 1000)}&to={int(hall.ended * 1000)}"
    breaks = hall.http("GET", path).text.count("#EXT-X-DISCONTINUITY\n")
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-headers", f"Authorization: Bearer {hall.key()}\r\n", "-select_streams", "v", "-show_entries",
         "packet=dts", "-of", "csv=p=0", hall.url + path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    times = [int(line.rstrip(",")) for line in done.stdout.split() if line.rstrip(",").isdigit()]
    assert len(times) >= min(10, recorded / 2)
    backward = [two for one, two in zip(times, times[1:]) if two <= one]
    assert len(backward) <= breaks, f"decode times run backwards {len(backward)} times, {breaks} breaks are said"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", [*BROKEN, "drip"])
def test_a_broken_server_is_named_and_held_off(hall, kind, reader):
    name = f"{kind}-{reader}"
    status = hall.camera(name)
    assert status["state"] in ("backoff", "connecting") and not status["recording"]
    assert wait_for(lambda: hall.camera(name)["reason"], 30)


def test_what_ffmpeg_cannot_read_is_named(hall):
    """So that whoever chose that reader for such a camera is told that there is no picture, and why."""
    assert hall.camera("sha256-libav")["reason"] == "password"
    for name in ("sha256-libav", "other-type-libav"):
        status = hall.camera(name)
        assert status["reason"] and not status["recording"], status


def test_nothing_else_has_suffered(hall):
    assert hall.child("video") == hall.video, "video was restarted"
    assert hall.check("--deep").returncode == 0, hall.check("--deep").stdout
