# SPDX-License-Identifier: Apache-2.0
"""A rating pad written from docs/pads.md: keeps a rating until the box says stored, and sends it again until then."""
import json
import threading
import time
import uuid

import paho.mqtt.client as mqtt

from support.box import wait_for


class Pad:
    def __init__(self, box, pad, password=None, tls=True, resend=2.0):
        self.hall = box.config["hall"]["id"]
        self.pad = pad
        self.boot = uuid.uuid4().hex[:8]
        self.seq = 0
        self.lock = threading.Lock()
        self.queue = {}      # id -> (message, monotonic moment of the press)
        self.sent = {}       # id -> the age in each of its sendings
        self.stored = {}     # id -> how often the box said so
        self.bad = []        # {"id", "why"}
        self.duplicates = []
        self.commands = []
        self.config = None
        self.resend = resend
        self.connections = 0
        self.refused = False
        self.connected = threading.Event()
        self.subscribed = threading.Event()
        self.ended = threading.Event()
        self.client = mqtt.Client(client_id=pad, clean_session=True)
        self.client.username_pw_set(pad, password or box.pad_password(pad))
        self.client.will_set(self.topic("state"), json.dumps({"online": False}), 1, True)
        self.client.reconnect_delay_set(1, 2)
        self.client.on_connect = self.on_connect
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        self.client.on_disconnect = lambda *_: (self.connected.clear(), self.subscribed.clear())
        self.client.on_message = self.on_message
        if tls:
            self.client.tls_set(box.info()["broker"]["ca"])
            self.client.tls_insecure_set(True)
        self.client.connect_async("127.0.0.1", box.ports[1] if tls else box.ports[2], keepalive=10)
        self.client.loop_start()
        self.sender = threading.Thread(target=self.send_again, daemon=True)
        self.sender.start()

    def topic(self, tail):
        return f"hall/v1/{self.hall}/{self.pad}/{tail}"

    def wait_connected(self, seconds=15):
        assert self.subscribed.wait(seconds), f"pad {self.pad} did not connect"
        return self

    def on_connect(self, client, data, flags, code):
        if code != 0:
            self.refused = True
            return
        self.connections += 1
        self.connected.set()
        client.subscribe(self.topic("down/#"), 1)
        client.publish(self.topic("state"), json.dumps({"v": 1, "online": True, "boot": self.boot}), 1, True)
        self.send_all()

    def on_message(self, client, data, message):
        body = json.loads(message.payload) if message.payload else None  # an empty down/cfg: no longer configured
        if message.topic.endswith("down/stored"):
            with self.lock:
                for one in body["ids"] + body["dup"]:
                    self.stored[one] = self.stored.get(one, 0) + 1
                    self.queue.pop(one, None)
                self.duplicates += body["dup"]
                for bad in body["bad"]:
                    self.bad.append(bad)
                    self.queue.pop(bad["id"], None)
        elif message.topic.endswith("down/cmd"):
            self.commands.append(body)
        elif message.topic.endswith("down/cfg"):
            self.config = body

    def press(self, level, inv=None, tags=(), text=None, rating=None, **more):
        """Puts a rating into the queue and sends it; its id."""
        self.seq += 1
        message = {"v": 1, "id": rating or str(uuid.uuid4()), "boot": self.boot, "seq": self.seq, "lvl": level,
                   "tags": list(tags), "clk": "ntp", **more}
        if inv:
            message["inv"] = inv
        if text:
            message["text"] = text
        with self.lock:
            self.queue[message["id"]] = (message, time.monotonic())
        self.send(message["id"])
        return message["id"]

    def send(self, rating):
        with self.lock:
            if rating not in self.queue:
                return
            message, pressed = self.queue[rating]
        age = int((time.monotonic() - pressed) * 1000)
        if self.connected.is_set():
            self.sent.setdefault(rating, []).append(age)
            self.client.publish(self.topic("up/rating"), json.dumps({"age": age, **message}), 1)

    def unplug(self):
        """Without network until plug(): presses wait."""
        self.client.disconnect()
        wait_for(lambda: not self.connected.is_set(), why=f"{self.pad} is offline")
        self.client.loop_stop()

    def plug(self):
        self.client.reconnect()
        self.client.loop_start()
        return self.wait_connected()

    def send_all(self):
        with self.lock:
            waiting = list(self.queue)
        for rating in waiting:
            self.send(rating)

    def send_again(self):
        while not self.ended.wait(self.resend):
            self.send_all()

    def publish(self, tail, payload, qos=1):
        self.client.publish(tail if tail.startswith("hall/") else self.topic(tail), payload, qos)

    def acknowledge(self, invitation, state="shown"):
        self.publish("up/ack", json.dumps({"v": 1, "inv": invitation, "state": state}))

    def wait_stored(self, *ratings, seconds=15):
        wait_for(lambda: all(r in self.stored for r in ratings), seconds, why=f"{self.pad}: stored")

    def wait_bad(self, n, seconds=10):
        wait_for(lambda: len(self.bad) >= n, seconds, why=f"{self.pad}: {n} bad, has {self.bad}")

    def wait_command(self, seconds=10):
        return wait_for(lambda: self.commands and self.commands.pop(0), seconds, why=f"{self.pad}: a command")

    def close(self):
        self.ended.set()
        try:
            self.client.disconnect()
        except OSError:  # the box is gone, with something still on its way to it
            pass
        self.client.loop_stop()


def invite(box, pad, counter="c1", **more):
    """Lets the box ask, and waits until the pad was asked; the invitation's id."""
    invitation = box.api("POST", "/invitations", {"counter": counter, **more})
    command = pad.wait_command()
    assert command["op"] == "invite" and command["inv"] == invitation["id"]
    return invitation["id"]
