# SPDX-License-Identifier: Apache-2.0
"""What processes take over a window: CPU as a share of one core, memory at its end; and how busy the machine was."""
import os
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
MB = 1 << 20


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid):
    """RSS and PSS (what is shared with other processes is divided among them) in bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    sizes = {words[0]: int(words[1]) * 1024 for words in map(str.split, lines) if len(words) == 3 and words[2] == "kB"}
    return sizes["Rss:"], sizes["Pss:"]


def machine_seconds():
    """Of all cores together: busy, and in all."""
    ticks = [int(word) / TICKS for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, sum(ticks)


def measure(pids, seconds):
    """{"cpu", "rss", "pss" (MB), "busy" (share of the whole machine, everything that runs on it)}."""
    began, cpu, machine = time.monotonic(), sum(map(cpu_seconds, pids)), machine_seconds()
    time.sleep(seconds)
    took, used, after = time.monotonic() - began, sum(map(cpu_seconds, pids)) - cpu, machine_seconds()
    sizes = [memory(pid) for pid in pids]
    return {"cpu": used / took, "rss": sum(s[0] for s in sizes) / MB, "pss": sum(s[1] for s in sizes) / MB,
            "busy": (after[0] - machine[0]) / (after[1] - machine[1])}
