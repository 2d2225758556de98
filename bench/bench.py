# SPDX-License-Identifier: Apache-2.0
"""Measures the release build beside others that do the same work, and prints ratios. docs/performance.md keeps them."""
import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("HALLWATCH_BUILD", str(ROOT / "build/release"))
sys.path.insert(0, str(ROOT / "tests"))

import cameras  # noqa: E402
import case_year  # noqa: E402
import exports  # noqa: E402
import figures  # noqa: E402
import fraud  # noqa: E402
import index  # noqa: E402
import messages  # noqa: E402
import outbox  # noqa: E402
import picture  # noqa: E402
import press  # noqa: E402
import ratings  # noqa: E402
import readers  # noqa: E402
import restart  # noqa: E402
import search  # noqa: E402
import seek  # noqa: E402
import soak  # noqa: E402
import substreams  # noqa: E402
import supervision  # noqa: E402
import viewers  # noqa: E402

BENCHES = {"cameras": cameras, "substreams": substreams, "viewers": viewers, "readers": readers, "ratings": ratings, "picture": picture, "press": press,
           "index": index, "seek": seek, "exports": exports, "restart": restart, "figures": figures, "fraud": fraud, "search": search, "outbox": outbox,
           "case_year": case_year, "messages": messages, "supervision": supervision}


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="how often each is measured, in turn (default 2)")
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help=f"of {', '.join(BENCHES)} (default: all); or alone: soak [MINUTES] (default {soak.MINUTES})")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores; load before {os.getloadavg()[0]:.1f}: more than 0.5 is other work, and spoils the figures")
    if options.names[:1] == ["soak"]:
        soak.bench(options.rounds, *map(float, options.names[1:2]))
        return
    for name in options.names or BENCHES:
        if name not in BENCHES:
            parser.error(f"no {name}; there are {', '.join(BENCHES)}")
        BENCHES[name].bench(options.rounds)


if __name__ == "__main__":
    main()
