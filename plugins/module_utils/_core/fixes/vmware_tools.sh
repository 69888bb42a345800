# shellcheck shell=sh
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2034,SC2154 # the variables are shared with change.sh, packages.sh and services.sh

# The package, and what it needs on Debian and Ubuntu, RHEL 7 to 9 and SLES 12 and 15 beyond what every system has.
vmware_tools_owned=' open-vm-tools libvmtools0 pciutils pciutils-libs pci.ids pciutils-ids hwdata libpci3
    iproute2 lsb-release libdnet libdnet1 libdumbnet1 libmspack libmspack0 libmspack0t64 xmlsec1 xmlsec1-openssl
    libxmlsec1 libxmlsec1-1 libxmlsec1-openssl libxmlsec1-openssl1 libxmlsec1-1-openssl libxmlsec1t64
    libxmlsec1t64-openssl libxslt libxslt1 libxslt1.1 libtool-ltdl libltdl7 fuse fuse-common fuse-libs fuse3
    fuse3-libs libfuse2 libfuse3-3 libfuse3-4 libdrm libdrm2 libdrm-common libpciaccess libpciaccess0 libtirpc
    libtirpc3 libtirpc3t64 libtirpc-common libtirpc-netconfig libicu libicu60 libicu72 net-tools which
    libxerces-c-3_1 libxml-security-c17 libxml2 libglib2.0-0 libglib2.0-0t64 libelf1 libelf1t64 libbpf1 libmnl0
    libxtables12 libcap2-bin libgrpc8 libprotobuf-lite '

vmware_tools_names() {
    owned=$(echo "$vmware_tools_owned" | tr -s '\n ' '  ')
    service_units='vmtoolsd.service open-vm-tools.service vmware-tools.service vmware-tools-services.service'
    # The guest's own authentication service, which some of these units want with them.
    service_companions='vgauthd.service vgauth.service'
    service_scripts='vmtoolsd open-vm-tools vmware-tools vmware-tools-services'
    service_process=vmtoolsd
}

vmware_tools_state() {
    vmware_tools_names
    service_state
    installed=$running
    for path in /usr/*bin/vmtoolsd /*bin/vmtoolsd /usr/local/*bin/vmtoolsd; do
        [ ! -e "$path" ] || installed=yes
    done
    state="package=$installed autostart=$autostart running=$running"
}

# vmware_tools_prepare [PACKAGE MANAGER]
vmware_tools_prepare() {
    vmware_tools_names
    if [ $# = 0 ]; then
        service_prepare
        return
    fi
    for path in /usr/bin/vmware-config-tools.pl /etc/vmware-tools/locations /usr/lib/vmware-tools; do
        [ ! -e "$path" ] ||
            conclude refused "nothing was changed: VMware's own tools were installed here ($path), but vmtoolsd is missing; repair or remove them by hand"
    done
    service_prepare coming
    package_prepare "$1" "$2"
}

vmware_tools_apply() {
    field manager
    if [ "$value" ]; then
        package_apply
        [ "$code" = 0 ] || return 0
    fi
    service_apply
}

vmware_tools_settle() {
    vmware_tools_names
    package_settle && service_settle
}

vmware_tools_undo() {
    vmware_tools_names
    # Through them VMware itself can run commands in the machine.
    refuse_to_cut "VMware Tools" vmtoolsd
    package_may_undo
    service_undo
    package_undo
}
