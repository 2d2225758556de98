# SPDX-License-Identifier: Apache-2.0
"""Cameras found on the hall's network, which is a network namespace of the test's own."""
import json
import subprocess
import sys
import threading
import time

import pytest

from support.box import ROOT

# Two networks and the loopback, then what is to run in them.
NETWORKS = """ip link set lo up
for i in 1 2; do
  ip link add hall$i type bridge && ip addr add 10.9.$i.1/24 dev hall$i && ip link set hall$i multicast on up || exit 9
done
exec "$@"
"""


@pytest.fixture
def hall(make_box):
    if subprocess.run(["unshare", "-n", "true"], stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("needs the right to make a network namespace")
    box = make_box(start=False)
    box.around = ["unshare", "-n", "sh", "-c", NETWORKS, "sh"]
    box.start()
    return box


def device(box, address, name, *more):
    """A simulated device in the box's networks."""
    process = subprocess.Popen(["nsenter", "-t", str(box.process.pid), "-n", sys.executable, ROOT / "tests/support/onvif.py", address, name, *more],
                               stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def discover(box):
    """By the desk's socket: the box's ports are in its namespace. Status and JSON."""
    done = subprocess.run(["curl", "-s", "-w", "\n%{http_code}", "--unix-socket", box.data / "run/desk.sock", "-H", f"Authorization: Bearer {box.key()}",
                           "-H", "Content-Type: application/json", "-d", "{}", "http://desk/api/v1/cameras/discover"],
                          capture_output=True, text=True, timeout=20, check=True)
    body, status = done.stdout.rsplit("\n", 1)
    return int(status), json.loads(body)


def test_devices_are_found_whatever_else_answers(hall):
    status, found = discover(hall)
    assert status == 200 and found == {"devices": [], "networks": 2}
    devices = [device(hall, "10.9.2.1", "%E5%8D%97%E9%97%A8", "80"), device(hall, "10.9.1.1", "Camera", "8000", "hostile")]
    try:
        began = time.monotonic()
        status, found = discover(hall)
        assert time.monotonic() - began < 6
        assert status == 200 and found["devices"] == [
            {"host": "10.9.1.1", "address": "http://10.9.1.1:8000/onvif/device_service", "name": "Camera", "hardware": "SIM-1", "cameras": []},
            {"host": "10.9.2.1", "address": "http://10.9.2.1:80/onvif/device_service", "name": "南门", "hardware": "SIM-1", "cameras": []}], found
        # One at a time.
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(discover(hall)[0])) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [200, 503, 503]
    finally:
        for process in devices:
            process.kill()
            process.wait()
            process.stdout.close()
