# SPDX-License-Identifier: Apache-2.0
"""A finger on a screen of a given size."""


def size(page, width, height):
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": True})
    page.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})


def finger(page, kind, *points):
    page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


def middle(page, part):
    return page.driver.execute_script("const r = arguments[0].getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]", part)


def touch(page, name):
    """On the middle of a part."""
    part = page.find(name)
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", part)
    finger(page, "touchStart", middle(page, part))
    finger(page, "touchEnd")


def pull(page, name, down):
    """A part is pulled up by so many pixels."""
    x, y = middle(page, page.find(name))
    finger(page, "touchStart", (x, y))
    for step in range(1, 11):
        finger(page, "touchMove", (x, y - down * step / 10))
    finger(page, "touchEnd")
