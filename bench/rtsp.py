# SPDX-License-Identifier: Apache-2.0
"""Light RTSP readers (bench/reader.c) as one process: how much each has got over a window of time."""
import subprocess
import time

from comparison import Refused
from support.box import BUILD

PROGRAM = BUILD / "bench/bench_reader"


class Readers:
    """Ready once all of them receive."""

    def __init__(self, urls):
        self.process = subprocess.Popen([PROGRAM, *urls], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise Refused(f"the readers of {urls[0]} did not all begin")
        self.begin()

    def counts(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Refused("a reader was cut off")
        return [tuple(map(int, word.split(":"))) for word in line.split()]

    def begin(self):
        self.began, self.before = time.monotonic(), self.counts()

    def end(self):
        """Of the window since begin(): the slowest reader's bytes a second, and packets that were lost in all."""
        took, pairs = time.monotonic() - self.began, list(zip(self.before, self.counts()))
        slowest = min(after[0] - before[0] for before, after in pairs) / took
        return slowest, sum(after[1] - before[1] for before, after in pairs)

    def close(self):
        self.process.stdin.close()
        self.process.wait(5)
        self.process.stdout.close()
