# SPDX-License-Identifier: Apache-2.0
"""The monthly supervision report 监察月报: a director reads it and opens the list behind a number."""
import pytest

from support.hall_months import add_month, fill, last_month
from support.box import wait_for
from support.page import shoot


@pytest.fixture(scope="module")
def hall(share_box):
    box = share_box({}, start=True)
    fill(box, months=3)
    add_month(box)
    return box


def number(text):
    return int(text.replace(",", ""))


def opens(page, name, total="list-total"):
    """Clicks a number; what it says and what its list comes to."""
    link = page.find(name)
    said = number(link.text)
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
    page.click(name)
    wait_for(lambda: "figure=" in page.driver.current_url, 10, 0.1, "the list's address")
    shown = wait_for(lambda: [int(d) for d in ["".join(c for c in page.text(total) if c.isdigit())] if d], 15, 0.1, "its total")
    return said, shown[0]


def test_each_number_opens_its_list(hall, page):
    month = last_month()[0].strftime("%Y-%m")
    page.set_up(hall)
    here = f"{hall.url}/monthly?period={month}"
    page.driver.get(here)
    assert "申报办件" in page.text("monthly-words")
    shoot(page, "monthly")
    page.driver.execute_script("document.querySelector('.monthly-table').scrollIntoView()")
    shoot(page, "monthly-table")
    report = hall.api("GET", f"/monthly?period={month}")
    assert number(page.text("n-overtime-公安")) == next(row for row in report["groups"]["unit"] if row["key"] == "公安")["overtime"] > 0
    for query, name in (("", "n-overtime-公安"), ("", "of-on_time-人社"), ("&show=cards", "n-yellow-公安"), ("&show=waits", "of-wait-人社"),
                        ("&show=waits", "n-wait_over-none"), ("&show=ratings", "n-good-民政"), ("&by=person", "n-done-007"),
                        ("&by=kind", "n-clues-slow_idle")):
        page.driver.get(here + query)
        said, shown = opens(page, name)
        assert said == shown > 0, name
    page.driver.get(here + "&figure=wait&by=unit&of=人社")
    page.find("monthly-things")
    shoot(page, "monthly-things")
    page.driver.get(f"{hall.url}/cases?figure=overtime&period={month}&by=unit&of=公安")
    page.find("behind")
    shoot(page, "monthly-behind")
    page.driver.get(here)
    page.click("sort-overtime")
    rows = page.driver.execute_script("return [...document.querySelectorAll('[data-testid^=n-overtime-]')].map(e => e.textContent)")
    late = [number(text) for text in rows if text]
    assert late == sorted(late, reverse=True)
    page.find("kept-1")
    page.driver.execute_script("scrollTo(0, document.body.scrollHeight)")
    page.click("monthly-make")
    wait_for(lambda: page.find("kept-2").get_attribute("data-state") == "made", 20, 0.2, "another version")
    shoot(page, "monthly-kept")
    page.driver.execute_script("scrollTo(0, 0)")
    page.click("monthly-before")
    wait_for(lambda: month not in page.driver.current_url, 10, 0.1, "another month")

