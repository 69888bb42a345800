# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments, and the variables that the tools run with."""

from __future__ import annotations

import configparser
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from places import CHECKOUT, LOGS, Tree

# ansible-test wants to fetch pip from a server of its own; it takes this file instead, which asks Python for it.
PIP_FROM_PYTHON = """\
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"])
"""


def base_python() -> str:
    """The interpreter behind the one that runs this file."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def ensure_environment(folder: Path, python: str, wanted: Sequence[str | Path]) -> Path:
    """Build or complete a virtual environment; return its bin folder.

    A path names a requirements file, a string is one requirement. Nothing is done where the same was done before.
    """
    texts = [f"{item.name}\n{item.read_text()}" if isinstance(item, Path) else item for item in wanted]
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    stamp = folder / f".installed-{digest[:16]}"
    program = folder / "bin" / "python"
    if stamp.is_file() and program.exists():
        return program.parent
    arguments = [part for item in wanted for part in (("-r", str(item)) if isinstance(item, Path) else (item,))]
    log = LOGS / f"environment-{'-'.join(folder.parts[-2:])}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    print(f"building {folder} ({log})", flush=True)
    with log.open("wb") as output:
        if not program.exists():
            _call([python, "-m", "venv", "--clear", str(folder)], output.fileno(), log)
        _call([str(program), "-m", "pip", "install", "--upgrade", *arguments], output.fileno(), log)
    stamp.touch()
    return program.parent


def _call(command: list[str], output: int, log: Path) -> None:
    if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False).returncode:
        sys.stdout.write("".join(log.read_text(errors="replace").splitlines(keepends=True)[-20:]))
        sys.exit(f"could not be built: {' '.join(command)}; the whole log is {log}")


def variables(tree: Tree, bins: Iterable[Path], control_path: str) -> dict[str, str]:
    """The environment of a gate: its tools first, no pyenv shims, a home folder of its own."""
    path = [str(item) for item in bins]
    # A shim answers for versions that are not chosen, with an error; ansible-test takes it for an interpreter.
    path += [item for item in os.environ.get("PATH", os.defpath).split(":") if item and not item.endswith("/shims")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTEST_", "PYENV_"))}
    kept.pop("VIRTUAL_ENV", None)
    kept.setdefault("PREFLIGHT_SHARED", str(CHECKOUT.parent / "shared"))
    return kept | {
        "ANSIBLE_COLLECTIONS_PATH": str(tree.root),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": control_path,
        "HOME": str(tree.home),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "PATH": ":".join(dict.fromkeys(path)),
        "PYTHONPATH": str(tree.root),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def prepare_home(tree: Tree, bin_folder: Path) -> None:
    """Give the tools' home folder the user's pip settings, and what ansible-test needs to build environments."""
    settings = configparser.RawConfigParser()
    own = Path.home()
    named = os.environ.get("PIP_CONFIG_FILE", "")
    settings.read([own / ".pip" / "pip.conf", own / ".config" / "pip" / "pip.conf", named])
    if not settings.has_section("global"):
        settings.add_section("global")
    # ansible-test drops these from the environment of the pips that it starts.
    for name, value in os.environ.items():
        if name.startswith("PIP_") and name != "PIP_CONFIG_FILE":
            settings.set("global", name[4:].lower().replace("_", "-"), value)
    settings.set("global", "quiet", "2")  # or its chatter hides what ansible-test says
    pip_conf = tree.home / ".config" / "pip" / "pip.conf"
    pip_conf.parent.mkdir(parents=True, exist_ok=True)
    pip_conf.touch(mode=0o600)
    with pip_conf.open("w") as output:
        settings.write(output)
    cache = tree.home / ".cache" / "pip"
    if not cache.is_symlink():
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.symlink_to(Path(os.environ.get("PIP_CACHE_DIR") or own / ".cache" / "pip"))
    _write_pip_bootstrap(tree, bin_folder)


def _write_pip_bootstrap(tree: Tree, bin_folder: Path) -> None:
    cache = tree.home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for source in bin_folder.parent.glob("lib/python3.*/site-packages/ansible_test/_internal/python_requirements.py"):
        for version in set(re.findall(r"\bpip='([0-9.]+)'", source.read_text())):
            (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(PIP_FROM_PYTHON)
