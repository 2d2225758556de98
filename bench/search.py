# SPDX-License-Identifier: Apache-2.0
"""Searching a million ratings: by the index of all runs of three characters, and beside it by looking at each rating, as it
was before. One of seven ratings has words.

Expected before measuring: looking at each is 1 us a rating and string, twice (the number of hits and the page): 1 to 2 s.
By the index what few have said is 1 ms; what 25,000 have (a staff member) costs the join to each, 3 us: 80 ms, twice. The
index: 70 runs a rating, some 200 bytes; a rating that comes costs 30 us more.
"""
import json
import os
import subprocess
import tempfile
from pathlib import Path

from comparison import Figure, print_table

RATINGS = 1_000_000
FIGURES = [Figure("found", "hits", "{:,}"), Figure("index", "index CPU ms", "{:.1f}"), Figure("rows", "rows CPU ms", "{:.0f}")]


def bench(rounds):
    program = Path(os.environ["HALLWATCH_BUILD"]) / "bench/bench_search"
    with tempfile.TemporaryDirectory(prefix="hallwatch-search-") as folder:
        out = subprocess.run([program, Path(folder) / "hall.db", str(RATINGS)], env={**os.environ, "TZ": "Asia/Shanghai"},
                             stdout=subprocess.PIPE, text=True, check=True).stdout
    *answers, made = map(json.loads, out.splitlines())
    print(f"search: {made['ratings']:,} ratings, {made['without_mb']:.0f} MB, with the index {made['with_mb']:.0f} MB, built in {made['built']:.0f} s of CPU;"
          f" {made['put_us']:.0f} us of CPU for a rating that comes")
    print_table("Search", [{answer["question"]: answer for answer in answers}], FIGURES)
