# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts doubles of Windows machines on loopback, writes an inventory for them, and serves until it is stopped.

    PYTHONPATH=... python tests/doubles/serve.py --inventory hosts.json source_2008r2_german source_2019
    ansible -i hosts.json all -m preflight.azure.machine_info

A machine is a file of tests/doubles/machines, by its name, or any other file by its path. A host is called after its
file and the way to it; "all" stands for every way.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from ansible_collections.preflight.azure.tests.doubles.fleet import WAYS, Fleet
from ansible_collections.preflight.azure.tests.doubles.machine_file import load


def main() -> int:
    """Serve the machines of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("machines", nargs="+", metavar="MACHINE", help="a name or a file")
    parser.add_argument("--inventory", required=True, type=Path, help="the inventory to write (JSON)")
    parser.add_argument("--way", action="append", choices=[*WAYS, "all"], help="how to reach them (winrm-http-basic)")
    parser.add_argument("--copies", type=int, default=1, help="so many doubles of each machine")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep models there that a visit has changed")
    chosen = parser.parse_args()
    ways = list(WAYS) if "all" in (chosen.way or []) else chosen.way or ["winrm-http-basic"]
    if chosen.keep:
        chosen.keep.mkdir(mode=0o700, parents=True, exist_ok=True)
    hosts = dict[str, object]()
    signal.signal(signal.SIGTERM, lambda *_words: sys.exit(0))
    with Fleet(with_ssh=any(way.startswith("ssh") for way in ways)) as fleet:
        for machine in chosen.machines:
            model = load(machine)
            for number in range(chosen.copies):
                name = Path(machine).stem + (f"_{number + 1}" if chosen.copies > 1 else "")
                double = fleet.add(name, model, tuple(dict.fromkeys(WAYS[way][1] for way in ways)))
                double.session.kept_in = chosen.keep / f"{name}.yml" if chosen.keep else None
                hosts |= {f"{name}.{way}": fleet.variables(double, way) for way in ways}
        chosen.inventory.touch(mode=0o600)
        chosen.inventory.write_text(json.dumps({"all": {"hosts": hosts}}, indent=2))
        print(f"{len(hosts)} hosts in {chosen.inventory}; end with Ctrl-C", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
