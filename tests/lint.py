# SPDX-License-Identifier: Apache-2.0
"""The lint step: format, clang-tidy, includes between folders, paths that docs name, generated docs, function lengths."""
import os
import re
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/lint"

# Who may know whom (docs/ARCHITECTURE.md); appliance wires and may know all.
MAY_INCLUDE = {
    "base": {"base"},
    "capture": {"base", "capture"},
    "mqtt": {"base", "mqtt"},
    "rating": {"base", "rating"},
    "relay": {"base", "capture", "relay"},
    "dashboard": {"base", "rating", "dashboard"},
    "demo": {"base", "demo"},
}


def tracked(*patterns):
    out = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    return [p for p in out.decode().split("\0") if p and (ROOT / p).exists()]


def check_format():
    files = tracked("*.c", "*.h")
    run = subprocess.run(["clang-format", "--dry-run", "--Werror", *files], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    bad = sorted({line.split(":")[0] for line in run.stderr.splitlines() if "error:" in line})
    return [f"{path}: not formatted: run ./dev format" for path in bad]


def check_includes():
    problems = []
    for path in tracked("*.c", "*.h"):
        folder = path.split("/")[0]
        allowed = MAY_INCLUDE.get(folder)
        if allowed is None:
            continue
        for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
            match = re.match(r'#include "([a-z]+)/', line)
            if match and match[1] not in allowed:
                problems.append(f"{path}:{number}: {folder} may not know {match[1]}")
    return problems


def check_paths_in_docs():
    """A path of the tree that a document names (in backquotes or as a link) must be there."""
    folders = "base|capture|relay|mqtt|rating|dashboard|appliance|demo|tests|bench|docs|packaging|data"
    problems = []
    for path in tracked("*.md"):
        text = (ROOT / path).read_text()
        named = re.findall(rf"[`( ]((?:{folders})/[A-Za-z0-9_./-]*[A-Za-z0-9_])", text)
        for name in sorted(set(named)):
            if not (ROOT / name).exists() and not list(ROOT.glob(name + ".*")):
                problems.append(f"{path}: names {name}, which is not there")
    return problems


def check_generated_docs():
    program = BUILD / "hallwatch"
    made = subprocess.run([program, "config-reference"], stdout=subprocess.PIPE, text=True, check=True).stdout
    if made != (ROOT / "docs/config.md").read_text():
        return ["docs/config.md: does not say what base/option.c says: hallwatch config-reference > docs/config.md"]
    return []


def tidy_one(path):
    run = subprocess.run(["clang-tidy", "--quiet", "-p", str(BUILD), path], cwd=ROOT, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return [line.replace(str(ROOT) + "/", "") for line in run.stdout.splitlines() if ": error:" in line or ": warning:" in line]


def check_tidy():
    sources = [p for p in tracked("*.c") if not p.startswith(("tests/", "bench/"))]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return sorted({line for lines in pool.map(tidy_one, sources) for line in lines})


def function_lengths():
    files = [p for p in tracked("*.c") if not p.startswith("tests/")]
    out = subprocess.run(["ctags", "-o", "-", "--c-kinds=f", "--fields=+ne", "-L", "-"], cwd=ROOT, input="\n".join(files),
                         stdout=subprocess.PIPE, text=True, check=True).stdout
    lengths = []
    for row in out.splitlines():
        line, end = re.search(r"\tline:(\d+)", row), re.search(r"\tend:(\d+)", row)
        if line and end:
            lengths.append((int(end[1]) - int(line[1]) + 1, *row.split("\t")[:2]))
    lengths.sort(reverse=True)
    plain = [n for n, *_ in lengths]
    print(f"functions: {len(plain)}, median {statistics.median(plain):.0f} lines, "
          f"nine in ten at most {plain[len(plain) // 10]}, longest:")
    for n, name, path in lengths[:5]:
        print(f"  {n:4} {path} {name}")
    return [f"{path}: over 1,000 lines: two nouns?" for path in tracked("*.c", "*.h", "*.ts", "*.tsx", "*.py")
            if len((ROOT / path).read_text().splitlines()) > 1000]


STEPS = {
    "format": check_format,
    "includes": check_includes,
    "paths": check_paths_in_docs,
    "generated": check_generated_docs,
    "lengths": function_lengths,
    "tidy": check_tidy,
}


def main():
    wanted = sys.argv[1:] or list(STEPS)
    unknown = set(wanted) - set(STEPS)
    if unknown:
        sys.exit(f"lint: no step {', '.join(sorted(unknown))}; there are {', '.join(STEPS)}")
    if "generated" in wanted:
        subprocess.run(["ninja", "-C", BUILD, "hallwatch"], check=True, stdout=subprocess.DEVNULL)
    failed = 0
    for name in wanted:
        problems = STEPS[name]()
        print(f"{name}: {'clean' if not problems else f'{len(problems)} problems'}", flush=True)
        for problem in problems:
            print("  " + problem)
        failed += bool(problems)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
