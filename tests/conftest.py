# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the system and browser tests: boxes, cameras and pads on loopback, ended with the test that made them, or
with the module whose tests share them."""
import pytest

from support.box import Box
from support.camera import Camera
from support.pad import Pad


def boxes(request):
    made = []

    def make(config=None, start=True):
        made.append(Box(config, start=False))
        if start:
            made[-1].start()
        return made[-1]

    yield make
    complaints = []
    for box in made:
        try:
            box.close(show_log=getattr(request.node, "failed", False))
        except AssertionError as complaint:
            complaints.append(complaint)
    if complaints:
        raise complaints[0]


def cameras():
    made = []

    def make(**options):
        made.append(Camera(**options))
        return made[-1]

    yield make
    for camera in made:
        camera.kill()


@pytest.fixture
def make_camera():
    yield from cameras()


@pytest.fixture(scope="module")
def share_camera():
    yield from cameras()


@pytest.fixture
def make_box(request):
    yield from boxes(request)


@pytest.fixture(scope="module")
def share_box(request):
    yield from boxes(request)


@pytest.fixture
def make_pad():
    pads = []

    def make(box, pad, **options):
        pads.append(Pad(box, pad, **options))
        return pads[-1]

    yield make
    for pad in pads:
        pad.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if outcome.get_result().failed:
        item.failed = item.parent.failed = True
