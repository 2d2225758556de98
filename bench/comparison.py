# SPDX-License-Identifier: Apache-2.0
"""The box and its rivals one after the other, several times in turn; medians side by side, as ratios to the first."""
import statistics
import sys
from typing import NamedTuple


class Figure(NamedTuple):
    name: str      # as the contenders' results call it
    title: str
    form: str      # of str.format
    has_ratio: bool = False


class Refused(Exception):
    """A figure that would be wrong: what was to be measured did not happen."""


def in_turn(contenders, rounds, fold=None):
    """contenders: name -> function that measures once and returns {figure: number}. Their medians, by name;
    fold names another function than the median for some figures, such as max for a worst one."""
    results = {name: [] for name in contenders}
    for number in range(rounds):
        for name, measure in contenders.items():
            print(f"  round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
            results[name].append(measure())
    folds = {figure: (fold or {}).get(figure, statistics.median) for runs in results.values() for figure in runs[0]}
    return {name: {figure: folds[figure](run[figure] for run in runs) for figure in runs[0]}
            for name, runs in results.items()}


def cells(figure, value, first):
    if value is None:
        return ["", ""] if figure.has_ratio else [""]
    text = figure.form.format(value)
    if not figure.has_ratio:
        return [text]
    return [text, f"{value / first:.2f}" if first else ""]


def rows_of(results, figures):
    first = next(iter(results.values()))
    return [[name, *(cell for f in figures for cell in cells(f, result.get(f.name), first.get(f.name)))]
            for name, result in results.items()]


def print_table(title, groups, figures):
    """groups: lists of results. A figure with a ratio has a column beside it: so many times the group's first row."""
    head = ["", *(word for f in figures for word in ([f.title, "ratio"] if f.has_ratio else [f.title]))]
    rows = [head, *(row for results in groups for row in rows_of(results, figures))]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    print(f"\n{title}")
    for row in rows:
        print("  " + row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:])), sep="  ")
    sys.stdout.flush()
