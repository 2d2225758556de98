# SPDX-License-Identifier: Apache-2.0
"""`hallwatch calendar due`: support people get the due day that the box reckons with."""
import subprocess
import time

import pytest

from support.box import PROGRAM, wait_for

# Checked by hand against the announced holidays of 2024 to 2026.
DUE = [
    ("2026-02-13", 5, "2026-02-27", 9),  # over the Spring Festival
    ("2026-02-14", 1, "2026-02-24", 9),  # from a worked Saturday
    ("2026-09-24", 5, "2026-10-09", 10),
    ("2026-09-30", 5, "2026-10-13", 8),
    ("2026-04-30", 20, "2026-06-01", 12),
    ("2024-09-13", 2, "2024-09-18", 3),
    ("2025-09-30", 1, "2025-10-09", 8),
    ("2026-11-24", 0, "2026-11-24", 0),
]
WRONG = [(["x", "1"], "a date is wanted"), (["2026-01-01", "ten"], "0 to 3660"), (["2026-01-01", "9999"], "0 to 3660"),
         (["2026-01-01"], "usage"), (["2026-01-01", "1", "2"], "one argument too many")]


def due(folder, *words):
    return subprocess.run([PROGRAM, "calendar", "due", *map(str, words), "--data", folder], capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize("day, n, end, rest", DUE)
def test_the_end_of_the_nth_working_day(tmp_path, day, n, end, rest):
    answer = due(tmp_path, day, n)
    assert answer.returncode == 0 and answer.stdout == f"due {end} 17:30\n{rest} rest days lie between\n", answer


def test_years_that_are_not_announced_are_provisional(tmp_path):
    answer = due(tmp_path, "2099-12-30", 5)
    assert answer.returncode == 0 and "provisional: the holidays of 2100 are not in the calendar yet" in answer.stdout


@pytest.mark.parametrize("words, said", WRONG)
def test_what_is_wrong_is_said(tmp_path, words, said):
    answer = due(tmp_path, *words)
    assert answer.returncode == 2 and said in answer.stderr and not answer.stdout
    assert not list(tmp_path.iterdir())


def test_the_calendar_and_hours_of_the_box_are_used(make_box, tmp_path):
    days = tmp_path / "days.tsv"
    days.write_text("2026-11-25\toff\n")
    box = make_box({"calendar": str(days), "office_hours": {"workdays": ["08:30-11:30", "13:30-16:45"]}})
    assert due(box.data, "2026-11-24", 1).stdout == "due 2026-11-26 16:45\n1 rest days lie between\n"


def test_a_year_is_typed_in_and_in_force_at_once(make_box):
    box = make_box(start=False)
    year = time.localtime().tm_year + 1
    (box.data / "calendar" / f"{year}.tsv").unlink()
    box.start()
    late = time.localtime().tm_mon >= 11
    assert box.api("GET", "/calendar")["missing"] == (year if late else None)
    if late:
        wait_for(lambda: len(box.api("GET", "/flags?open=1&kind=calendar_missing")["items"]) == 1, why="it is a flag")
    box.api("PUT", "/cases/Y-1", {"item": {"code": "1", "name": "低保"}, "unit": "民政办", "kind": "promised", "limit_days": 1, "accepted_at": f"{year}-03-01T09:00:00+08:00"})
    before = box.api("GET", "/cases/Y-1")
    assert before["is_provisional"]
    free = [f"{year}-03-{day:02}" for day in range(2, 9)]
    wrong = [{"off": []}, {"off": ["2020-01-01"]}, {"off": free, "work": [free[0]]}, {"off": [f"{year}-02-30"]}]
    for body in wrong:
        answer = box.http("PUT", f"/api/v1/calendar/{year}", json=body)
        assert answer.status_code == 400 and len(answer.json()["error"]["message"]) > 20, answer.text
    assert box.http("PUT", f"/api/v1/calendar/{year}", role="staff", json={"off": free}).status_code == 403
    box.api("PUT", f"/calendar/{year}", {"off": free})
    assert box.http("PUT", f"/api/v1/calendar/{year}", json={"off": free[1:]}).status_code == 409
    after = wait_for(lambda: (case := box.api("GET", "/cases/Y-1"))["due_at"] != before["due_at"] and case, why="its deadline is reckoned anew")
    assert after["due_at"] > f"{year}-03-09" and not after["is_provisional"]
    seen = next(one for one in box.api("GET", "/calendar")["years"] if one["year"] == year)
    assert seen["source"] == "page" and set(seen["off"]) <= set(free) and box.api("GET", "/calendar")["missing"] is None
    wait_for(lambda: box.api("GET", "/flags?open=1&kind=calendar_missing")["items"] == [], why="the flag is closed")
    assert due(box.data, f"{year}-03-01", 1).stdout.split()[1] == after["due_at"][:10]
    assert box.http("DELETE", f"/api/v1/calendar/{year}", json={"digest": seen["digest"]}).status_code == 200
    wait_for(lambda: box.api("GET", "/cases/Y-1")["due_at"] == before["due_at"], why="as before")
