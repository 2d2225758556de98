# SPDX-License-Identifier: Apache-2.0
"""What goes out: deliveries a second to one receiver (a TLS server in Python, in this process's way), and whether ratings
are taken more slowly while a receiver is dead.

Expected before measuring: a delivery is one round trip on a kept connection and a commit; the receiver here is the slow part:
500 a second or more. A dead receiver costs the writer one more row a rating and one commit a minute: not below 0.9 of the rate.
"""
import json
import threading
import time
import uuid

import requests

from support.box import Box, wait_for
from support.receiver import Receiver, platform, province_config

RATINGS, HANDS = 2000, 8


def send(box, n, key):
    """So many ratings from one connection."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {key}"
        for _ in range(n):
            body = {"id": str(uuid.uuid4()), "level": 5, "counter": "c1", "channel": "terminal"}
            answer = session.post(box.url + "/api/v1/ratings", data=json.dumps(body), headers={"Content-Type": "application/json"}, verify=False)
            assert answer.status_code == 201, answer.text


def rate(box):
    key = box.key("system")
    hands = [threading.Thread(target=send, args=(box, RATINGS // HANDS, key)) for _ in range(HANDS)]
    began = time.monotonic()
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return RATINGS / (time.monotonic() - began)


def waiting(box):
    return next(r for r in box.api("GET", "/receivers")["items"] if r["receiver"] == "province")["waiting"]


def bench(rounds):
    receiver = Receiver()
    receiver.go_away()
    plain, dead = Box({}), Box({"province": province_config(receiver)})
    try:
        rates = {"no receiver": [], "dead receiver": []}
        for _ in range(rounds):
            rates["no receiver"].append(rate(plain))
            rates["dead receiver"].append(rate(dead))
        for name, values in rates.items():
            print(f"ratings taken, {name}: {', '.join(f'{v:.0f}/s' for v in values)}")
        n = waiting(dead)
        assert n == rounds * RATINGS
        receiver.come_back(platform)
        wait_for(lambda: receiver.taken, 70, 0.01, "it is found again")
        began, had = time.monotonic(), len(receiver.taken)
        wait_for(lambda: len(receiver.taken) >= n, 120, 0.02, "all are there")
        print(f"delivered: {(n - had) / (time.monotonic() - began):.0f}/s, {n} messages, {len(receiver.tries) - n} of them twice")
    finally:
        plain.close()
        dead.close()
        receiver.close()
