# SPDX-License-Identifier: Apache-2.0
"""What the playback page asks of an index of a million segments: a year of a small hall, a month and a half of 16 cameras.

Rows without files are put into media.db beside a running box, after its start has looked for files that are gone. Each
question goes to video's own socket (no TLS, no desk), each time about another camera and another moment; the first answer
after the rows were written (nothing cached by SQLite) is told apart.

Expected before measuring: a day's timeline reads 1440 entries of the index, 1 ms; a week's seven times that; the calendar 62
look-ups, under 1 ms; a playlist of two minutes three rows and their text, under 1 ms; of a day 1440 rows with their entries,
some 10 MB of text, 100 ms. While the timeline still read the rows beside the index, a day took 5 ms (the first one 20) and a
week 34.
"""
import http.client
import os
import random
import socket
import sqlite3
import statistics
import time

from comparison import Figure, print_table
from support.box import Box, wait_for

CAMERAS, DAYS, SECONDS, FRAGMENTS = 16, 44, 60, 120
ASKED = 100
FIGURES = [Figure("first", "first ms", "{:.1f}"), Figure("median", "median ms", "{:.2f}"),
           Figure("worst", "worst ms", "{:.2f}"), Figure("kilobytes", "kB", "{:.0f}")]


class Video(http.client.HTTPConnection):
    """Video's HTTP interface on its unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)

    def ask(self, address):
        """Milliseconds and bytes of an answer that must be good."""
        begin = time.perf_counter()
        self.request("GET", address)
        answer = self.getresponse()
        body = answer.read()
        took = (time.perf_counter() - begin) * 1000
        assert answer.status == 200, (address, answer.status, body[:200])
        return took, len(body)


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def entries():
    """A minute of fragments of half a second, a key frame each two seconds (segment_pack_entries)."""
    half = 500000
    return b"".join(varint(0) + varint(half * 2 + (i % 4 == 0)) + varint(125000 + i * 37 % 4000) for i in range(FRAGMENTS))


def rows(begin_us):
    """In the order in which a recorder writes them: all cameras, minute by minute. A minute in a thousand is missing."""
    packed = entries()
    for minute in range(DAYS * 1440):
        for camera in range(CAMERAS):
            start = begin_us + minute * SECONDS * 1000000 + camera * 3000000
            if (minute * CAMERAS + camera) % 1000 == 999:
                continue
            yield (start, f"cam{camera}", f"cam{camera}/{minute // 1440:03}/{start}.mp4", "done", start, SECONDS * 1000000,
                   minute * SECONDS * 1000000, 15000000, 900, 1000, 7, 1920, 1080, "avc1.640028", 0, os.urandom(32), packed)


def fill(path, begin_us):
    store = sqlite3.connect(path, timeout=60)
    store.execute("PRAGMA cache_size = -200000")
    began = time.monotonic()
    with store:
        store.executemany(
            "INSERT INTO segment(id, camera, path, state, start_us, duration_us, decode_us, bytes, init_bytes, header_bytes,"
            " init_id, width, height, codecs, previous_id, sha256, entries) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            rows(begin_us))
        gaps = ((f"cam{n % CAMERAS}", begin_us + n * 4000000000, begin_us + n * 4000000000 + 60000000, "camera_offline") for n in range(900))
        store.executemany("INSERT INTO gap(camera, from_us, to_us, reason) VALUES (?,?,?,?)", gaps)
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    n = store.execute("SELECT count(*) FROM segment").fetchone()[0]
    store.close()
    print(f"index: {n:,} segments, {path.stat().st_size / 1e6:.0f} MB, written in {time.monotonic() - began:.0f} s")


def questions(begin_ms):
    """Name and address of each kind, about a camera and a moment."""
    end_ms = begin_ms + DAYS * 86400000

    def moment(before=0):
        return random.randrange(begin_ms, end_ms - before)

    def span(kind, length, path="timeline/{camera}?from={begin}&to={end}"):
        def address():
            begin = moment(length)
            return "/media/" + path.format(camera=f"cam{random.randrange(CAMERAS)}", begin=begin, end=begin + length)
        return kind, address

    playlist = "playback/{camera}/index.m3u8?from={begin}&to={end}"
    month = time.strftime("%Y-%m", time.localtime((end_ms - 20 * 86400000) / 1000))
    return [span("timeline, a day", 86400000), span("timeline, a week", 7 * 86400000), span("timeline, an hour", 3600000),
            ("days of a month", lambda: f"/media/days/cam{random.randrange(CAMERAS)}?month={month}"),
            span("playlist, two minutes", 120000, playlist), span("playlist, a day", 86400000, playlist)]


def bench(rounds):
    random.seed(7)
    begin_ms = int(time.time() * 1000) - (DAYS + 1) * 86400000
    box = Box({"storage": {"free_gb": 0.1, "days": 3650}})
    try:
        # The walk over rows whose files are gone must be over before rows without files come.
        wait_for(lambda: (box.system()["parts"]["storage"] or {}).get("state") == "recording", 30)
        time.sleep(3)
        fill(box.data / "media.db", begin_ms * 1000)
        video = Video(box.data / "run/video.sock")
        results = {}
        for name, address in questions(begin_ms):
            first, _ = video.ask(address())
            took, sizes = zip(*[video.ask(address()) for _ in range(ASKED if "playlist, a day" != name else ASKED // 10)])
            results[name] = {"first": first, "median": statistics.median(took), "worst": max(took),
                             "kilobytes": statistics.median(sizes) / 1000}
        print_table("An index of a million segments", [results], FIGURES)
    finally:
        box.close()
