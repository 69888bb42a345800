#!/bin/sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The main job on this machine: audit it in check mode, and see that the report is there.
# Arguments: the virtual environment to run with. The collection is found by ANSIBLE_COLLECTIONS_PATH; the report goes
# to the folder that this is started in.
set -eu

venv=$1
playbook=$(dirname "$0")/../../playbooks/prepare-sources.yml
if [ ! -f "$playbook" ]; then
    echo "no playbook at $playbook: the main job cannot be run"
    exit 1
fi
output=$(pwd)/preflight-report
rm -rf "$output"
"$venv/bin/ansible" --version
"$venv/bin/ansible-playbook" -i localhost, -c local "$playbook" --check -e "preflight_output_dir=$output"
if [ ! -s "$output/report.json" ]; then
    echo "the audit ended well, but wrote no $output/report.json"
    exit 1
fi
