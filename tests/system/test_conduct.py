# SPDX-License-Identifier: Apache-2.0
"""Clues of conduct in a running box: found soon after what changed, by class, once."""
import re
from pathlib import Path

import pytest

from support.box import wait_for
from support.person import add_person

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def hall(share_box):
    return share_box()


def put(hall, number, **more):
    hall.api("PUT", f"/cases/{number}", {"item": {"code": "11", "name": "社保卡补领"}, "unit": "人社", "kind": "promised",
                                              "limit_days": 5, "counter": "c1", "channel": "online",
                                              "person": {"number": "007", "name": "王芳"}, **more})


def event(hall, number, id_, kind, at, **more):
    hall.api("POST", f"/cases/{number}/events", {"id": id_, "kind": kind, "at": at, **more})


def clues(hall, number, kind=None):
    found = hall.api("GET", f"/flags?case={number}" + (f"&kind={kind}" if kind else ""))["items"]
    return sorted(flag["kind"] for flag in found if flag["kind"].startswith(("inaction_", "slow_", "misconduct_")))


def test_found_after_each_change_and_by_class(hall):
    put(hall, "CO-1")
    event(hall, "CO-1", "e1", "papers_asked", "2026-11-24T09:00:00+08:00", reason="缺照片")
    event(hall, "CO-1", "e2", "papers_asked", "2026-11-24T10:00:00+08:00", reason="缺证明")
    event(hall, "CO-1", "e3", "returned", "2026-11-24T11:00:00+08:00")
    wait_for(lambda: clues(hall, "CO-1") == ["inaction_no_reason", "misconduct_papers"], 10, why="both are found")
    assert clues(hall, "CO-1", "misconduct") == ["misconduct_papers"] and clues(hall, "CO-1", "slow") == []
    [flag] = hall.api("GET", "/flags?case=CO-1&kind=misconduct")["items"]
    assert flag["staff_number"] == "007" and flag["counter"] == "c1"
    assert flag["evidence"]["times"] == 2 and flag["evidence"]["reason"] == "缺证明"


def test_whoever_edits_a_limit_is_named(hall):
    put(hall, "CO-2", accepted_at="2026-11-24T09:00:00+08:00")
    event(hall, "CO-2", "e1", "accepted", "2026-11-24T09:00:00+08:00")
    put(hall, "CO-2", limit_days=15)
    wait_for(lambda: "misconduct_limit" in clues(hall, "CO-2"), 10, why="the edit is found")
    [flag] = hall.api("GET", "/flags?case=CO-2&kind=misconduct_limit")["items"]
    assert (flag["evidence"]["was"], flag["evidence"]["now"]) == (5, 15) and flag["evidence"]["who"]


def test_a_dismissed_fact_stays_dismissed_over_a_restart(hall):
    [flag] = hall.api("GET", "/flags?case=CO-1&kind=misconduct")["items"]
    add_person(hall, "lin", "director").do("POST", f"/flags/{flag['id']}/dismiss", {"why": "群众换了申请内容"})
    hall.kill_child("desk")
    event(hall, "CO-1", "e4", "picked_up", "2026-11-24T15:00:00+08:00")
    event(hall, "CO-2", "e9", "refused", "2026-11-24T15:00:00+08:00")
    wait_for(lambda: "inaction_no_reason" in clues(hall, "CO-2"), 10, why="it looks again")
    assert clues(hall, "CO-1") == ["inaction_no_reason", "misconduct_papers"]


def test_the_document_has_every_rule():
    """A rule without its row in docs/conduct.md, or with another name or option there, is not finished."""
    text = "".join((ROOT / f"rating/{name}.c").read_text() for name in
                   sorted(path.stem for path in (ROOT / "rating").glob("watch_*.c")))
    rules = re.findall(r'\{ "(\w+)",\s+"([^"]*[\u4e00-\u9fff][^"]*)",\s+"([^"]+)",\s+(?:"(\w+)"|NULL) \}', text)
    rows = {kind: (name, option) for kind, name, option in
            re.findall(r"^\| `(\w+)` \| ([^|]+?) \|.*\| (?:`(\w+)`[^|]*)?\|[^|]*\|$", (ROOT / "docs/conduct.md").read_text(), re.M)}
    page = "".join(path.read_text() for path in (ROOT / "dashboard/web/src/words").glob("*.ts"))
    assert len(rules) >= 26 and {rule[0] for rule in rules} <= set(rows)  # the queue has rows of its own
    for kind, chinese, english, option in rules:
        assert rows[kind] == (chinese, option), kind
        assert f'flag_{kind}: ["{chinese}", "{english}"]' in page, kind
        assert f"  {kind}:" in (ROOT / "dashboard/web/src/parts/flag_words.ts").read_text(), f"{kind} has no sentence"
