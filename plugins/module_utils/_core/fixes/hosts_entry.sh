# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2034,SC2154 # the variables are used in change.sh, and come from files_look.sh

hosts_entry_state() {
    file_state /etc/hosts
    state=$file_word
}

hosts_entry_prepare() {
    file_prepare "$@"
}

hosts_entry_apply() {
    file_apply
}

hosts_entry_settle() {
    file_settle
}

hosts_entry_undo() {
    file_may_undo /etc/hosts
    file_undo /etc/hosts
}
