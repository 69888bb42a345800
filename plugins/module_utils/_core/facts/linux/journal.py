# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What this collection changed on a Linux machine and has not put back. Private to this collection."""

from __future__ import annotations

from ...journal.record import DIRECTORY, READS, parse_journal
from ..journal import journal_subject

SUBJECT = journal_subject(DIRECTORY, READS, parse_journal)
