# SPDX-License-Identifier: Apache-2.0
"""What happened to cases, for another system: in order, without gaps, while cases come and the desk is killed; and by webhook."""
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

from support.box import wait_for
from support.receiver import Receiver

CASE = {"item": {"code": "11", "name": "残疾人证办理"}, "unit": "残联", "kind": "promised", "limit_days": 5, "applicant": "龘靐齉",
        "phone": "13812345678"}


def file_case(box, number):
    """Filed, accepted and finished, each until the box says that it is stored."""
    steps = [("PUT", f"/cases/{number}", CASE),
             *(("POST", f"/cases/{number}/events", {"id": kind, "kind": kind, "at": at, "person": "李敏敏"})
               for kind, at in (("accepted", "2026-11-23T09:00:00+08:00"), ("finished", "2026-11-24T09:00:00+08:00")))]
    for method, path, body in steps:
        wait_for(lambda: stored(box, method, path, body), 60, why=path)


def stored(box, method, path, body):
    try:
        return box.http(method, "/api/v1" + path, role="system", json=body).status_code in (200, 201)
    except requests.RequestException:
        return False


class Follower(threading.Thread):
    """Asks for what came after, again and again, until it is told to end and there is no more."""

    def __init__(self, box):
        super().__init__()
        self.box, self.seen, self.after, self.ending = box, [], "0", False

    def run(self):
        while True:
            ending = self.ending
            try:
                answer = self.box.http("GET", f"/api/v1/tracking?after={self.after}&limit=7", role="system")
            except requests.RequestException:
                continue
            if answer.status_code != 200:
                time.sleep(0.1)
                continue
            page = answer.json()
            self.seen += page["items"]
            self.after = page["next"]
            if ending and not page["more"]:
                return


def test_nothing_is_left_out_and_nothing_comes_twice(make_box):
    receiver = Receiver()
    box = make_box({"notify": [receiver.config("county", events=["case_tracking"])]})
    follower = Follower(box)
    box.key("system")
    follower.start()
    numbers = [f"T-{i}" for i in range(40)]
    with ThreadPoolExecutor(4) as pool:
        filed = [pool.submit(file_case, box, number) for number in numbers]
        time.sleep(1)
        box.kill_child("desk")
        for one in filed:
            one.result()
    follower.ending = True
    follower.join(60)
    assert not follower.is_alive()

    ids = [int(row["id"]) for row in follower.seen]
    assert ids == list(range(1, len(ids) + 1))
    for number in numbers:
        assert [row["event"] for row in follower.seen if row["case"] == number] == ["filed", "accepted", "ended"]
    last = follower.seen[-1]
    assert (last["kind"], last["state"], last["grade"], last["at"][:19]) == ("finished", "finished", "none", "2026-11-24T09:00:00")
    assert not any(word in str(follower.seen) for word in ("龘", "1381234", "李敏"))

    # The same by webhook, in order for each case.
    wait_for(lambda: len({m["id"] for m in receiver.taken}) == len(ids), 60, why="all are told")
    told = {message["id"]: message["body"]["data"] for message in receiver.taken}
    assert [told[f"case_tracking.{row['id']}"] for row in follower.seen] == follower.seen
    assert [m["body"]["data"]["event"] for m in receiver.taken if m["body"]["data"]["case"] == "T-0"] == ["filed", "accepted", "ended"]
    receiver.close()

    assert box.http("GET", f"/api/v1/tracking?after={len(ids) + 5}").status_code == 410
    assert box.http("GET", "/api/v1/tracking?after=x").status_code == 400
    assert box.api("GET", "/tracking?after=newest") == {"items": [], "next": str(len(ids)), "more": False}
    assert box.http("GET", "/api/v1/tracking", role="viewer").status_code == 403
