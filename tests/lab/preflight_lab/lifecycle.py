# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build roots, start and stop hosts, many at once and next to other commands that do the same."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from preflight_lab import boot, clones, credentials, hosts, inventory, needs, network, roots
from preflight_lab.locks import held
from preflight_lab.places import CACHE, HOSTS
from preflight_lab.shell import LabError, say

#: How many hosts boot at the same time; more of them only wait for each other.
_AT_ONCE = 2 * (os.cpu_count() or 1)


def up(names: list[str], *, afresh: bool = False) -> None:
    """Start the hosts that are not up yet; afresh: also those that are, without what they wrote."""
    began = time.monotonic()
    with held("lab", shared=True):
        _prepare()
        network.claim()
        for name in names:
            if "-" in hosts.host(name).name:
                clones.reserve(name)
        chosen = [hosts.host(name) for name in names]
        wanted = [host for host in chosen if afresh or not boot.is_up(host.name)]
        lower, failures = _build({host.layer for host in wanted})
        startable = [host for host in wanted if host.layer in lower]
        startable.sort(key=lambda host: not host.on_disk)  # whose root is copied takes longest: first
        failures += _each(lambda host: _start(host, lower[host.layer], afresh=afresh), startable)
        inventory.write()
    if failures:
        raise LabError("; ".join(failures))
    say(f"{len(chosen)} hosts are up ({len(wanted)} started in {time.monotonic() - began:.1f} s)")


def build() -> None:
    """Build all roots that are not in the cache."""
    with held("lab", shared=True):
        _prepare()
        _lower, failures = _build({host.layer for host in hosts.STATIC.values()} | {"plain"})
    if failures:
        raise LabError("; ".join(failures))


def down(names: list[str]) -> None:
    """Stop the named hosts, and nothing else."""
    chosen = [hosts.host(name) for name in names]
    with held("lab", shared=True):
        failures = _each(_stop, chosen)
        _tell_inventory()
    if failures:
        raise LabError("; ".join(failures))


def all_down() -> None:
    """Stop every host, also what a crash left of one; leave nothing on this machine but the cache."""
    with held("lab"):
        folders = {path.name for path in HOSTS.iterdir()} if HOSTS.is_dir() else set()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(boot.stop, sorted(folders | set(network.leftovers()))))
        clones.forget()
        network.release()
        roots.prune()
        _tell_inventory()


def _prepare() -> None:
    with held("machine"):
        needs.check_machine()
        needs.install_missing()
        needs.make_room()
        CACHE.mkdir(parents=True, exist_ok=True)
        credentials.ensure()


def _build(layers: set[str]) -> tuple[dict[str, list[Path]], list[str]]:
    """The lower directories of each layer that could be built, and why others could not."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(roots.base_of, sorted({roots.base_kind(layer) for layer in layers})))
        jobs = {layer: pool.submit(roots.lower_directories, layer) for layer in sorted(layers)}
    built = {layer: job.result() for layer, job in jobs.items() if not job.exception()}
    return built, [f"{layer}: {job.exception()}" for layer, job in jobs.items() if job.exception()]


def _each(function: Callable[[hosts.Host], None], chosen: list[hosts.Host]) -> list[str]:
    """Do it to several hosts at a time; what went wrong."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        jobs = [pool.submit(function, host) for host in chosen]
    return [str(job.exception()) for job in jobs if job.exception()]


def _start(host: hosts.Host, lower: list[Path], *, afresh: bool) -> None:
    with held(f"host-{host.name}"):
        if afresh or not boot.is_up(host.name):
            boot.start(host, lower)


def _stop(host: hosts.Host) -> None:
    with held(f"host-{host.name}"):
        boot.stop(host.name)
        clones.give_back(host.name)


def _tell_inventory() -> None:
    if credentials.KEY.exists():
        inventory.write()
