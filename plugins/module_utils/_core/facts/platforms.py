# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All facts by platform. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from .fact import Fact, Subject
from .linux import subjects as linux
from .windows import subjects as windows

SUBJECTS: Mapping[str, tuple[Subject, ...]] = {"linux": linux.SUBJECTS, "windows": windows.SUBJECTS}

#: The subjects that are collected where nobody says which: those of a source machine.
USUAL: Mapping[str, tuple[str, ...]] = {
    "linux": tuple(subject.name for subject in linux.SUBJECTS),
    "windows": tuple(each.name for each in windows.SUBJECTS if each.name not in windows.OF_OTHER_PARTS),
}

#: The declared facts of each platform, as the catalogue's loader wants them.
DECLARED: Mapping[str, tuple[Fact, ...]] = {
    platform: tuple(fact for subject in subjects for fact in subject.facts) for platform, subjects in SUBJECTS.items()
}
