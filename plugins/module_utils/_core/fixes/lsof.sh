# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2034 # the variables are used in change.sh and packages.sh

# What the lsof packages of the families need beyond what every system has.
lsof_owned=' lsof libtirpc libtirpc3 libtirpc3t64 libtirpc-common libtirpc-netconfig '

lsof_state() {
    state=missing
    command -v lsof >/dev/null 2>&1 && state=installed
    :
}

lsof_prepare() {
    owned=$lsof_owned
    package_prepare lsof "$1"
}

lsof_apply() {
    package_apply
}

lsof_settle() {
    package_settle
}

lsof_undo() {
    owned=$lsof_owned
    package_may_undo
    package_undo
}
