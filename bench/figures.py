# SPDX-License-Identifier: Apache-2.0
"""What the figures' pages ask of ten million ratings over five years: roll-ups beside the rows themselves, in one run.

The file (some 8 GB, in a temporary folder) is written straight into SQLite: twelve and a half million services at twenty
counters, by forty people, of two hundred items, each with its case and its invitation, four of five of them rated. The last
hours of the last day are not folded, as on a real day. Each question goes to another day, month or year at random, on a
connection that has SQLite's usual 2 MB of cache.

Expected before measuring: a range is at most some forty periods (7 hours at each end, 7 days, 7 x 8 days, 7 x 64, 3 x 512), of
twenty counters at eight hours 160 rows each: 6,000 rows at 1 us, and three times that where the month and the year before are
compared: 10 to 20 ms. Two hundred items: about the same. Trends: 60 points of a few rows each, 5 ms. Today's overview with an hour that
is not folded: 850 services counted anew at 5 us, twice: 10 ms. From the rows, levels alone: 1 us a rating cached, more where
pages come from the disk: 8 ms a day, 2 s a year, 10 to 20 s for five years; all figures: five times that.
"""
import json
import os
import subprocess
import tempfile
from pathlib import Path

from comparison import Figure, print_table

RATINGS = 10_000_000
FIGURES = [Figure("p50", "p50 ms", "{:.1f}"), Figure("p95", "p95 ms", "{:.1f}"), Figure("cpu50", "CPU p50 ms", "{:.1f}"),
           Figure("cpu95", "CPU p95 ms", "{:.1f}")]


def bench(rounds):
    program = Path(os.environ["HALLWATCH_BUILD"]) / "bench/bench_figures"
    with tempfile.TemporaryDirectory(prefix="hallwatch-figures-") as folder:
        file = Path(folder) / "hall.db"
        out = subprocess.run([program, file, str(RATINGS)], env={**os.environ, "TZ": "Asia/Shanghai"}, stdout=subprocess.PIPE,
                             text=True, check=True).stdout
        size = file.stat().st_size / 1e9
    made, *answers = map(json.loads, out.splitlines())
    print(f"figures: {made['ratings']:,} ratings, {size:.1f} GB, written in {made['filled']:.0f} s, folded in {made['folded']:.0f} s;"
          f" {made['cells']:,} cells, {made['stale']} hours not folded")
    print_table("Figures", [{answer["question"]: answer for answer in answers}], FIGURES)
