# SPDX-License-Identifier: Apache-2.0
"""Years of a made-up hall: how often a clue of rating fraud is false, and how soon one counter that presses for its citizens is found. docs/fraud.md keeps
the figures; they are the same on every machine."""
import os
import subprocess
from pathlib import Path

YEARS = 40
FIELDS = ("what", "years", "false clues", "found in 10 days", "found", "median days", "false by", "found by")


def bench(rounds, years=YEARS):
    program = Path(os.environ["HALLWATCH_BUILD"]) / "bench/bench_fraud_years"
    print("\nfraud: " + " | ".join(FIELDS), flush=True)
    subprocess.run([program, str(int(years))], check=True, env={**os.environ, "TZ": "Asia/Shanghai"})
