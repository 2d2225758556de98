# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the system and browser tests: boxes, cameras and pads of a test's own, on loopback, ended with it."""
import pytest

from support.box import Box
from support.camera import Camera
from support.pad import Pad


@pytest.fixture
def make_camera():
    cameras = []

    def make(**options):
        cameras.append(Camera(**options))
        return cameras[-1]

    yield make
    for camera in cameras:
        camera.kill()


@pytest.fixture
def make_box(request):
    boxes = []

    def make(config=None, **options):
        boxes.append(Box(config, **options))
        return boxes[-1]

    yield make
    failed = getattr(request.node, "failed", False)
    for box in boxes:
        box.close(show_log=failed)


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
        item.failed = True
