# SPDX-License-Identifier: Apache-2.0
"""The steps of a bad rating, as a person takes them in its panel."""
from support.box import wait_for


def step(page, action, choice=None, why=None):
    page.click(f"rectification-{action}")
    if choice:
        page.click(f"rectification-choice-{choice}")
    if why:
        page.type("rectification-why", why)
    page.click("rectification-submit")


def wait_state(page, state):
    wait_for(lambda: page.find("rectification").get_attribute("data-state") == state, why=f"it is {state}")
