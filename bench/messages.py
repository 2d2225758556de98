# SPDX-License-Identifier: Apache-2.0
"""Messages of a one-window system to committed, beside the same steps as plain cases and events."""
import os
import subprocess
from pathlib import Path

CASES = 5_000
FIELDS = ("what", "messages", "seconds", "messages a second")


def bench(rounds, cases=CASES):
    program = Path(os.environ["HALLWATCH_BUILD"]) / "bench/bench_messages"
    print("\nmessages: " + " | ".join(FIELDS), flush=True)
    for _ in range(rounds):
        subprocess.run([program, str(int(cases))], check=True, env={**os.environ, "TZ": "Asia/Shanghai"})
