# SPDX-License-Identifier: Apache-2.0
"""Searching a million ratings: by the index of all runs of three characters, and beside it by looking at each rating, as it
was before. One of seven ratings has words. Then what a rating that comes costs in an empty hall.db and in this one.

Expected before measuring: looking at each is 1 us a rating and string, twice (the number of hits and the page): 1 to 2 s.
By the index what few have said is 1 ms. A rating that is only given a number costs 1 us of the search; the roll-ups' triggers
10 us; rating_store in all 60 us in an empty file and 100 us in a large one, whose indexes of ids are hit at random. Indexing
500 at once: 10 us a rating in an empty file, 15 us in a large one; fifty at once, with each commit: 30 us. The index: 25 MB
for a million, where one with the places of words took 262 MB.
"""
import json
import os
import subprocess
import tempfile
from pathlib import Path

from comparison import Figure, print_table

RATINGS = 1_000_000
FIGURES = [Figure("found", "hits", "{:,}"), Figure("index", "index CPU ms", "{:.1f}"), Figure("rows", "rows CPU ms", "{:.0f}")]

COMING = {"bare_us": "without roll-ups, not indexed", "later_us": "with roll-ups, not indexed yet", "fold_us": "indexed later, 500 at once",
          "at_once_us": "with roll-ups, indexed in its commit of fifty"}


def run(program, folder, ratings):
    out = subprocess.run([program, Path(folder) / f"hall-{ratings}.db", str(ratings)], env={**os.environ, "TZ": "Asia/Shanghai"},
                         stdout=subprocess.PIPE, text=True, check=True).stdout
    return list(map(json.loads, out.splitlines()))


def bench(rounds):
    program = Path(os.environ["HALLWATCH_BUILD"]) / "bench/bench_search"
    with tempfile.TemporaryDirectory(prefix="hallwatch-search-") as folder:
        (empty,) = run(program, folder, 0)
        *answers, made = run(program, folder, RATINGS)
    print(f"search: {made['ratings']:,} ratings, {made['without_mb']:.0f} MB, with the index {made['with_mb']:.0f} MB, {made['built_us']:.1f} us of CPU a rating")
    print_table("Search", [{answer["question"]: answer for answer in answers}], FIGURES)
    for name, what in COMING.items():
        print(f"a rating that comes, {what}: {empty[name]:.0f} us of CPU in an empty file, {made[name]:.0f} us in this one")
