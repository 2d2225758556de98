# SPDX-License-Identifier: Apache-2.0
"""A simulated RTSP camera (hallwatch-camera) as a process of the test's own."""
import signal
import subprocess
from urllib.parse import quote

from support.box import BUILD, free_ports


class Camera:
    def __init__(self, port=None, **options):
        self.port = port or free_ports(1)[0]
        self.options = options
        self.process = None
        self.start()

    def start(self):
        words = [BUILD / "hallwatch-camera", "--port", str(self.port)]
        for name, value in {"size": "640x360", "bitrate": "500", **self.options}.items():
            for one in value if isinstance(value, list) else [value]:
                words += [f"--{name.replace('_', '-')}", str(one)]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("ready "), line
        return self

    def url(self, path="/main", user=None, password=None):
        who = f"{user}:{password}@" if user else ""
        return f"rtsp://{who}127.0.0.1:{self.port}{path}"

    def config(self, name="cam1", counters=("c1",), **more):
        """Its entry in hallwatch.yaml."""
        user = self.options.get("user")
        password = quote(self.options["password"], safe="") if user else None
        return {"id": name, "name": f"{name} 摄像机", "url": self.url("/main", user, password),
                "sub_url": self.url("/sub", user, password), "counters": list(counters), **more}

    def stall(self):
        self.process.send_signal(signal.SIGUSR1)

    def resume(self):
        self.process.send_signal(signal.SIGUSR2)

    def drop(self):
        self.process.send_signal(signal.SIGHUP)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)
        if self.process and self.process.stdout:
            self.process.stdout.close()
