# SPDX-License-Identifier: Apache-2.0
"""Measures the release build, side by side with the same load on a bare part; prints ratios. docs/performance.md keeps them."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("HALLWATCH_BUILD", str(ROOT / "build/release"))
sys.path.insert(0, str(ROOT / "tests"))

import paho.mqtt.client as mqtt  # noqa: E402
from support.box import Box, free_ports  # noqa: E402

RATINGS = 20000


def rating(seq):
    return json.dumps({"v": 1, "id": str(uuid.uuid4()), "boot": "bench", "seq": seq, "lvl": 5 - seq % 5, "age": 0, "clk": "none"})


def send_and_count(publisher, prepare, messages, topic, count):
    """Messages a second from the first send until count() says that all have arrived."""
    prepare(publisher)
    publisher.loop_start()
    time.sleep(1)
    began = time.monotonic()
    for message in messages:
        publisher.publish(topic, message, 1)
    while count() < len(messages):
        time.sleep(0.02)
        if time.monotonic() - began > 60:
            raise SystemExit(f"bench: only {count()} of {len(messages)} came back within 60 s")
    rate = len(messages) / (time.monotonic() - began)
    publisher.disconnect()
    publisher.loop_stop()
    return rate


def client(name):
    made = mqtt.Client(client_id=name)
    made.max_inflight_messages_set(1000)
    made.max_queued_messages_set(0)
    return made


def through_the_box(messages):
    box = Box({"pads": [{"id": "p1", "counter": "c1"}]})
    stored, lock = set(), threading.Lock()

    def on_message(_, __, message):
        with lock:
            stored.update(json.loads(message.payload)["ids"])

    def prepare(pad):
        pad.username_pw_set("p1", box.pad_password("p1"))
        pad.on_message = on_message
        pad.on_connect = lambda c, *_: c.subscribe("hall/v1/h1/p1/down/stored", 1)
        pad.connect("127.0.0.1", box.ports[2])

    try:
        return send_and_count(client("p1"), prepare, messages, "hall/v1/h1/p1/up/rating", lambda: len(stored))
    finally:
        box.close()


def through_a_bare_broker(messages):
    port = free_ports(1)[0]
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
        config.write(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 1000\n")
        config.flush()
        broker = subprocess.Popen(["mosquitto", "-c", config.name], stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        came = []
        subscriber = client("subscriber")
        subscriber.on_message = lambda _, __, message: came.append(1)
        subscriber.on_connect = lambda c, *_: c.subscribe("bench", 1)
        subscriber.connect("127.0.0.1", port)
        subscriber.loop_start()
        try:
            return send_and_count(client("pad"), lambda pad: pad.connect("127.0.0.1", port), messages, "bench", lambda: len(came))
        finally:
            subscriber.disconnect()
            subscriber.loop_stop()
            broker.send_signal(signal.SIGTERM)
            broker.wait(5)


def bench_ratings():
    messages = [rating(i) for i in range(RATINGS)]
    bare, box = through_a_bare_broker(messages), through_the_box(messages)
    print(f"ratings: {box:.0f}/s to committed and stored; bare mosquitto to a subscriber {bare:.0f}/s; ratio {box / bare:.2f}")


BENCHES = {"ratings": bench_ratings}


def main():
    for name in sys.argv[1:] or BENCHES:
        if name not in BENCHES:
            sys.exit(f"bench: no {name}; there are {', '.join(BENCHES)}")
        BENCHES[name]()


if __name__ == "__main__":
    main()
