# SPDX-License-Identifier: Apache-2.0
"""Ratings from eight pads, QoS 1, to committed and `stored`; beside the same messages through a bare mosquitto to a
subscriber.

Expected before measuring: the bare broker 15,000 to 25,000 a second with the load generator (bench/presses.c, one thread) on
the same two cores; the box 7,000 to 10,000, since the store alone takes 13,900 in commits of 50: a ratio near 0.45. At a
steady 5,000 a second, the goal, an answer within 30 ms in the median: a commit or two. With a million ratings kept, all
indexed and rolled up: a tenth fewer, for the indexes of ids are hit at random; the index of words costs nothing then, since
it is made afterwards.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import meter
from comparison import Figure, Refused, in_turn, print_table
from support.box import BUILD, Box, free_ports, wait_for

PROGRAM = BUILD / "bench/bench_presses"
FILLER = BUILD / "bench/bench_search"
KEPT = 1_000_000
PADS = [f"p{i + 1}" for i in range(8)]
SECONDS = 10
GOAL = 5000
LOADS = {"512 unanswered": ["--window", "512"],
         f"steady {GOAL}/s": ["--rate", str(GOAL), "--window", "20000"]}

FIGURES = [Figure("per_second", "ratings/s", "{:.0f}", True), Figure("p50_ms", "p50 ms", "{:.1f}", True),
           Figure("p99_ms", "p99 ms", "{:.1f}", True), Figure("max_ms", "max ms", "{:.1f}"),
           Figure("broker", "broker CPU", "{:.2f}"), Figure("desk", "desk CPU", "{:.2f}")]


def press(port, pads, load, pids):
    """What bench_presses says, and the CPU that the named processes took over it."""
    before, began = {name: meter.cpu_seconds(pid) for name, pid in pids.items()}, time.monotonic()
    words = [PROGRAM, "--port", str(port), "--seconds", str(SECONDS), *load, *pads]
    out = subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout
    took = time.monotonic() - began
    said = json.loads(out)
    if said["answered"] != said["sent"] or said["duplicates"] or said["bad"]:
        raise Refused(f"not each rating was answered once: {said}")
    return {**said, **{name: (meter.cpu_seconds(pid) - before[name]) / took for name, pid in pids.items()}}


def through_the_box(load, kept_before=None):
    box = Box({"pads": [{"id": pad, "counter": "c1"} for pad in PADS]}, start=False)
    try:
        if kept_before:
            box.data.mkdir(mode=0o700)
            shutil.copy(kept_before, box.data / "hall.db")
        box.start()
        before = box.api("GET", "/ratings?limit=1")["total"]
        pads = [f"{pad}:{box.pad_password(pad)}" for pad in PADS]
        said = press(box.ports[2], pads, load, {"broker": box.child("broker"), "desk": box.child("desk")})
        kept = box.api("GET", "/ratings?limit=1")["total"] - before
        if kept != said["sent"]:
            raise Refused(f"{said['sent']} ratings were said to be stored, {kept} are there")
        return said
    finally:
        box.close()


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def through_a_bare_broker(load):
    """With the limits of the box's own broker (mqtt/broker_files.c), but without users, ACL and a limit of its queue: a busy
    mosquitto reads a packet from each pad for one acknowledgement of the subscriber's, so that these pile up."""
    port = free_ports(1)[0]
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
        config.write(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 2000\nmax_queued_messages 0\n"
                     "set_tcp_nodelay true\nlog_type error\nlog_dest stderr\n")
        config.flush()
        broker = subprocess.Popen(["mosquitto", "-c", config.name])
        try:
            wait_for(lambda: listens(port), why="mosquitto")
            return press(port, ["--bare", *PADS], load, {"broker": broker.pid})
        finally:
            broker.send_signal(signal.SIGTERM)
            broker.wait(5)


def bench(rounds):
    with tempfile.TemporaryDirectory(prefix="hallwatch-ratings-") as folder:
        kept = Path(folder) / "hall.db"
        subprocess.run([FILLER, kept, str(KEPT), "fill"], check=True, env={**os.environ, "TZ": "Asia/Shanghai"})
        groups = [in_turn({f"bare mosquitto, {name}": lambda load=load: through_a_bare_broker(load),
                           f"box, {name}": lambda load=load: through_the_box(load),
                           f"box with {KEPT:,} ratings, {name}": lambda load=load: through_the_box(load, kept)}, rounds, {"max_ms": max})
                  for name, load in LOADS.items()]
    print_table(f"ratings: {SECONDS} s from {len(PADS)} pads, QoS 1, to the subscriber or to committed and stored; goal {GOAL}/s; "
                "the pads run on the same cores", groups, FIGURES)
