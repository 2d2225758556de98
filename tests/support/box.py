# SPDX-License-Identifier: Apache-2.0
"""A real box in a folder of its own: config written, supervisor started, asked through its public interfaces."""
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import requests
import urllib3
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("HALLWATCH_BUILD", ROOT / "build/test"))
PROGRAM = BUILD / "hallwatch"
PORTS = 10000, 32000
FOOTAGE = ROOT.parent / "shared/footage/one-by-one.mp4"

# GLib drops its outgrown table of quarks on purpose, which the leak sanitizer takes for a leak of video's; leaks are looked
# for by the unit tests.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}

urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)


def free_ports(n):
    """Ports that nobody listens on now; below those that the kernel hands out, so that no connection takes one in between."""
    found = set()
    while len(found) < n:
        port = random.randrange(*PORTS)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                found.add(port)
            except OSError:
                pass
    return list(found)


def wait_for(what, seconds=20, step=0.05, why=""):
    """The first true value of what(); fails after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {why or what}")
        time.sleep(step)


def alive(pid):
    """Whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def hall_day(at):
    """The day of a moment in the hall, which may be another one than where the test runs."""
    return datetime.fromtimestamp(at, ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d")


def when(text):
    """Unix seconds of a time that the box said."""
    return datetime.fromisoformat(text).timestamp()


class Box:
    def __init__(self, config=None, start=True):
        # Short: the path of a unix socket has at most 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="hw-", dir="/tmp"))
        self.data = self.folder / "d"
        self.config_path = self.folder / "hallwatch.yaml"
        self.log_path = self.folder / "log"
        self.faults = self.folder / "faults"
        self.environment = {**ENVIRONMENT, "HALLWATCH_FAULTS": str(self.faults)}
        self.process = None
        self.around = []  # a command that runs the box
        self.keys = {}
        self.ports = free_ports(4)
        self.config = self.base_config()
        self.config.update(config or {})
        self.write_config()
        self.announce_next_year()
        if start:
            self.start()

    def base_config(self):
        door, broker, plain, relay = self.ports
        return {
            "hall": {"id": "h1", "name": "青石镇为民服务中心"},
            "door": {"address": "127.0.0.1", "port": door},
            "broker": {"address": "127.0.0.1", "port": broker, "plain_port": plain},
            "relay": {"address": "127.0.0.1", "port": relay, "password": "relay-password"},
            "storage": {"free_gb": 0.1},
            "counters": [{"id": "c1", "name": "1号 综合窗口"}, {"id": "c2", "name": "2号 高频窗口", "kind": "frequent"}],
            "pads": [{"id": "p1", "counter": "c1"}, {"id": "p2", "counter": "c2"}],
            "cameras": [],
        }

    def announce_next_year(self):
        """Its days are there whenever the tests run: else the box would say that they are missing."""
        year = time.localtime().tm_year + 1
        self.data.mkdir(mode=0o750)
        (self.data / "calendar").mkdir()
        (self.data / "calendar" / f"{year}.tsv").write_text(f"{year}-01-01\toff\n")

    def fault(self, *lines):
        """What is to fail from now on (base/fault.h); without lines: nothing more."""
        beside = self.faults.with_suffix(".new")
        beside.write_text("".join(line + "\n" for line in lines))
        beside.replace(self.faults)

    def write_config(self):
        self.config_path.write_text(yaml.safe_dump(self.config, allow_unicode=True))

    # --- Life ---

    def start(self, wait=True):
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [*self.around, PROGRAM, "run", "--config", self.config_path, "--data", self.data], stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True, env=self.environment)
        log.close()
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds=40):
        wait_for(lambda: self.info().get("pid") == self.process.pid or self.process.poll() is not None, seconds,
                 why="box.json")
        assert self.process.poll() is None, "the box ended:\n" + self.log()

    def info(self):
        try:
            return json.loads((self.data / "box.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}

    def child(self, name):
        return self.info()["children"][name]

    def children(self):
        """Their pids by name, of a moment in which all are up."""
        pids = self.info()["children"]
        assert all(alive(pid) for pid in pids.values()), pids
        return pids

    def change(self, **sections):
        """Another config into force, by the command."""
        self.config.update(sections)
        self.write_config()
        return self.command("reload", "--data", self.data)

    def kill_child(self, name, wait=True):
        """kill -9, and wait until its successor serves."""
        old = self.child(name)
        os.kill(old, signal.SIGKILL)
        if wait:
            wait_for(lambda: self.info().get("children", {}).get(name) not in (old, None), why=f"{name} comes back")
        return old

    def family(self):
        """All processes of the box: the supervisor's session-independent descendants by their data folder."""
        mine = str(self.data).encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    words = (entry / "cmdline").read_bytes()
                except OSError:
                    continue
                if mine in words and alive(int(entry.name)):
                    found.append(int(entry.name))
        return found

    def stop(self, seconds=6):
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(seconds)
        return status, time.monotonic() - began

    def power_cut(self):
        """kill -9 of everything at once."""
        for pid in [self.process.pid, *self.info().get("children", {}).values()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(5)
        for pid in self.family():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        wait_for(lambda: not self.family(), why="all are gone")

    def close(self, show_log=False):
        if self.process and self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.power_cut()
        text = self.log()
        if show_log:
            sys.stderr.write(text[-20000:])
        shutil.rmtree(self.folder, ignore_errors=True)
        assert "AddressSanitizer" not in text and "runtime error:" not in text and "LeakSanitizer" not in text, text[-20000:]

    def log(self):
        try:
            return self.log_path.read_text(errors="replace")
        except FileNotFoundError:
            return ""

    # --- Commands ---

    def command(self, *words, stdin="", check=True):
        done = subprocess.run([PROGRAM, *words], input=stdin, text=True, capture_output=True, timeout=60)
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    def check(self, *words):
        return self.command("check", "--data", self.data, *words, check=False)

    def key(self, role="admin"):
        if role not in self.keys:
            done = self.command("key", "add", "--role", role, "--label", "test", "--data", self.data)
            self.keys[role] = done.stdout.split()[-1]
        return self.keys[role]

    def pad_password(self, pad):
        return self.command("pad", "password", pad, "--data", self.data).stdout.split()[-1]

    # --- HTTP ---

    @property
    def url(self):
        return f"https://127.0.0.1:{self.ports[0]}"

    def http(self, method, path, role="admin", **options):
        headers = options.pop("headers", {})
        if role:
            headers = {"Authorization": f"Bearer {self.key(role)}", **headers}
        return requests.request(method, self.url + path, headers=headers, verify=False, timeout=options.pop("timeout", 15),
                                **options)

    def api(self, method, path, body=None, role="admin", status=None):
        """The JSON of an API call that must succeed (or answer with status)."""
        answer = self.http(method, "/api/v1" + path, role, json=body)
        if status is None:
            assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        else:
            assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def camera(self, name):
        return next(c for c in self.api("GET", "/cameras")["items"] if c["id"] == name)

    def wait_camera(self, name, state="live", seconds=20):
        return wait_for(lambda: (c := self.camera(name))["state"] == state and c, seconds, 0.2, f"{name} is {state}")

    def timeline(self, name, begin, end=None):
        """What was recorded from begin to end (Unix seconds; end: now)."""
        answer = self.http("GET", f"/media/timeline/{name}?from={int(begin * 1000)}&to={int((end or time.time()) * 1000)}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def recorded_until(self, name, moment, seconds=20):
        """Waits until the recording of a camera goes beyond a moment (Unix seconds); the span that does."""
        def look():
            spans = self.timeline(name, moment - 3600)["spans"]
            return spans and when(spans[-1]["to"]) > moment and spans[-1]
        return wait_for(look, seconds, 0.2, f"{name} is recorded beyond {moment}")

    def system(self):
        return self.api("GET", "/system")

    def ratings(self):
        """All of them, over all pages."""
        page = self.api("GET", "/ratings?limit=200")
        found = page["items"]
        while page["next"]:
            page = self.api("GET", f"/ratings?limit=200&cursor={page['next']}")
            found += page["items"]
        return found

    def rating(self, rating, seconds=10):
        """The rating once the box has it."""
        def get():
            answer = self.http("GET", f"/api/v1/ratings/{rating}")
            return answer.json() if answer.status_code == 200 else None
        return wait_for(get, seconds, 0.1, f"rating {rating}")
