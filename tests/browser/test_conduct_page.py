# SPDX-License-Identifier: Apache-2.0
"""Clues of conduct on the flags page: told apart by class, each with its sentence and what shows it."""
import json
import time

import paho.mqtt.client as mqtt

from support.box import wait_for
from support.page import shoot

ROWS = "return [...document.querySelectorAll('[data-testid^=flag-row-]')].map((row) => row.innerText)"


def put(box, number, events, **more):
    box.api("PUT", f"/cases/{number}", {"item": {"code": "11", "name": "社会保障卡补领"}, "unit": "人社", "kind": "promised", "limit_days": 5,
                                        "counter": "c1", "channel": "online", "person": {"number": "007", "name": "王芳"}, **more})
    for i, (kind, at, fields) in enumerate(events):
        box.api("POST", f"/cases/{number}/events", {"id": f"e{i}", "kind": kind, "at": f"2026-{at}:00+08:00", **fields})


def see(box, kind, **more):
    client = mqtt.Client(client_id="eye", protocol=mqtt.MQTTv5)
    client.username_pw_set("eye", json.loads((box.data / "secrets.json").read_text())["eye_password"])
    client.connect("127.0.0.1", box.ports[2])
    client.loop_start()
    text = json.dumps({"v": 1, "at": int((time.time() - 150) * 1000), "kind": kind, "valid": 600, **more})
    client.publish(f"hall/v1/{box.config['hall']['id']}/video/cam1/obs", text, 1).wait_for_publish(5)
    client.loop_stop()
    client.disconnect()


def test_clues_are_told_apart_by_class_and_say_what_was_found(make_box, make_camera, page):
    box = make_box({"cameras": [make_camera().config()], "rules": {"crowd_people": 10, "crowd_minutes": 1}})
    put(box, "CO-1", [("papers_asked", "11-20T09:00", {"reason": "缺照片"}), ("papers_asked", "11-23T10:00", {"reason": "缺证明"}),
                      ("returned", "11-24T11:00", {})])
    put(box, "CO-2", [("accepted", "10-12T09:00", {}), ("paused", "10-13T09:00", {"days": 3, "procedure": "hearing", "approver": "张局"})])
    put(box, "CO-3", [("accepted", "11-23T09:00", {}), ("finished", "11-23T09:00", {})])
    put(box, "CO-4", [("accepted", "11-10T09:00", {}), ("extended", "11-17T15:00", {"days": 5})])
    put(box, "CO-4", [], limit_days=15)
    put(box, "CO-5", [("accepted", "10-12T09:00", {}), ("sent", "10-12T10:00", {"node": "审核"})])
    see(box, "people", zone="waiting", value=14)
    page.set_up(box)
    page.click("nav-flags")
    kinds = {"inaction": {"inaction_no_reason", "inaction_node"}, "slow": {"slow_pause", "slow_crowd"},
             "misconduct": {"misconduct_papers", "misconduct_quick", "misconduct_extended_late", "misconduct_extended_alone", "misconduct_limit"}}
    for name, wanted in kinds.items():
        wait_for(lambda: {f["kind"] for f in box.api("GET", f"/flags?kind={name}")["items"]} == wanted, why=f"{name} is found")
        page.click(f"filter-kind-{name}")
        wait_for(lambda: len(page.driver.execute_script(ROWS)) == len(wanted), why=f"the list has what is {name}, and nothing else")
        if name == "slow":
            shoot(page, "conduct-slow")
    texts = " ".join(page.driver.execute_script(ROWS))
    for part in ("第 2 次要求补正", "受理后 0 秒即办结", "没有批准人", "才延期 5 个工作日", "业务系统 test 把承诺时限从 5 个工作日改为 15 个工作日"):
        assert part in texts, part
    shoot(page, "conduct-list")
    [papers] = box.api("GET", "/flags?kind=misconduct_papers")["items"]
    page.click(f"flag-row-{papers['id']}")
    page.wait_text("flag-panel", "乱作为")
    panel = page.text("flag-panel")
    assert "缺证明" in panel and "经人认定前不作为结论" in panel
    assert "camera=cam1" in page.find("flag-video").get_attribute("href")
    shoot(page, "conduct-panel")
