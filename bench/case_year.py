# SPDX-License-Identifier: Apache-2.0
"""A made-up town's year of cases, each thing told at its minute: flags beside those of a count by hand, day after day. docs/cases.md keeps the figures."""
import os
import subprocess
from pathlib import Path

CASES = 60_000
FIELDS = ("seed", "cases", "events", "flags", "missed", "too many", "CPU s", "by kind")


def bench(rounds, cases=CASES):
    program = Path(os.environ["HALLWATCH_BUILD"]) / "bench/bench_case_year"
    print("\ncase_year: " + " | ".join(FIELDS), flush=True)
    subprocess.run([program, str(int(cases)), str(rounds)], check=True, env={**os.environ, "TZ": "Asia/Shanghai"})
