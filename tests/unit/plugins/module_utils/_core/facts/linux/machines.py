# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machines of several kinds and ages, as the answers to the reads of os, hardware, boot and storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import (
    boot,
    boot_loader,
    hardware,
    hyperv_drivers,
    operating_system,
    os_release,
    processes,
    storage_devices,
    storage_filesystems,
    storage_mounts,
    storage_volumes,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    names,
    values,
)

GIB = 1 << 30
AnswerDict = dict[Read, "str | Status | Printed"]


@dataclass
class Block:
    """A block device of a machine; ``parts`` are its partitions, ``extra`` more of its attributes."""

    name: str
    number: str
    gib: float = 0
    parts: Sequence[tuple[str, str]] = ()
    slaves: Sequence[str] = ()
    extra: dict[str, str | None] = field(default_factory=dict)


def scsi(name: str, number: str, gib: float, *parts: tuple[str, str], vendor: str = "VMware", host: int = 0) -> Block:
    """Return a disk on a SCSI host."""
    extra: dict[str, str | None] = {
        "device/vendor": f"{vendor:8}",
        "device/type": "0",
        f"device/../../scsi_host/host{host}/proc_name": "vmw_pvscsi" if vendor == "VMware" else "ahci",
    }
    return Block(name, number, gib, parts, extra=extra)


def mapper(name: str, number: str, gib: float, shown: str, uuid: str, *slaves: str) -> Block:
    """Return a device of device mapper."""
    return Block(name, number, gib, slaves=slaves, extra={"dm/name": shown, "dm/uuid": uuid})


def lvm_uuid(seed: str) -> str:
    """Return device mapper's UUID of a logical volume."""
    return "LVM-" + (seed * 64)[:64]


def blocks(*devices: Block, links: Sequence[str] = ()) -> AnswerDict:
    """Return the answers about block devices."""
    attributes: dict[str, str | None] = {}
    slaves = []
    for device in devices:
        base = f"/sys/block/{device.name}"
        attributes[f"{base}/dev"] = device.number
        attributes[f"{base}/size"] = str(int(device.gib * GIB) // 512)
        attributes[f"{base}/removable"] = "0"
        attributes[f"{base}/queue/logical_block_size"] = "512"
        attributes.update({f"{base}/{name}": value for name, value in device.extra.items()})
        attributes.update({f"{base}/{name}/dev": number for name, number in device.parts})
        slaves += [f"{base}/slaves/{name}" for name in device.slaves]
    return {storage_devices.ATTRIBUTES: values(attributes), storage_devices.LINKS: names(*slaves, *links)}


def mounts(*lines: str) -> str:
    """Return mountinfo: each line is "NUMBER ROOT MOUNT KIND DEVICE [OPTIONS]"."""
    shown = ["17 60 0:17 / /sys rw,nosuid shared:6 - sysfs sysfs rw", "18 60 0:3 / /proc rw shared:5 - proc proc rw"]
    for line in lines:
        number, root, mount, kind, device, *options = line.split(" ")
        shown.append(f"60 1 {number} {root} {mount} {(options or ['rw'])[0]},relatime shared:1 - {kind} {device} rw")
    return "\n".join(shown)


def system_directories(**moved: str) -> str:
    """Return where the system directories are; ``usr_local="/opt/local"`` is a symbolic link."""
    paths = ("/boot", "/usr", "/usr/local", "/var", "/etc")
    return "".join(f"{path}\t{moved.get(path[1:].replace('/', '_'), path)}\n" for path in paths)


def machine(*answers: AnswerDict) -> AnswerDict:
    """Return the answers of a plain virtual machine on VMware with the given ones in the place of its own."""
    dmi = "/sys/class/dmi/id"
    plain: AnswerDict = {
        os_release.OS_RELEASE: 'NAME="Red Hat Enterprise Linux Server"\nID="rhel"\nVERSION_ID="7.9"\n',
        os_release.RELEASE_LINES: "/etc/redhat-release\tRed Hat Enterprise Linux Server release 7.9 (Maipo)",
        os_release.SUSE_RELEASE: Status.ABSENT,
        os_release.LSB_RELEASE: Status.ABSENT,
        operating_system.KERNEL: kernel("3.10.0-1160.el7.x86_64"),
        operating_system.ARCHITECTURE: "x86_64",
        hardware.CONTAINER: "",
        hardware.FIRMWARE: values(
            {
                f"{dmi}/sys_vendor": "VMware, Inc.",
                f"{dmi}/product_name": "VMware Virtual Platform",
                f"{dmi}/product_uuid": "564D1234-5678-9ABC-DEF0-0123456789AB",
                f"{dmi}/bios_vendor": "Phoenix Technologies LTD",
                f"{dmi}/bios_version": "6.00",
            }
        ),
        hardware.PROCESSOR_FLAGS: "flags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep hypervisor lahf_lm",
        hardware.SIZE: values(
            {"/proc/meminfo": "MemTotal:        3880512 kB", "/sys/devices/system/cpu/online": "0-1"}
        ),
        boot.FIRMWARE: names("/sys/firmware"),
        boot.SECURE_BOOT: Printed("od: /sys/firmware/efi/efivars/SecureBoot: No such file or directory", 1),
        boot.FSTAB: "UUID=0a1b /boot xfs defaults 0 0\n/dev/mapper/rhel-root / xfs defaults 0 0",
        boot_loader.LOADER: "file /boot/grub2/grub.cfg\nfile /etc/default/grub\n"
        "/boot/grub2/grub.cfg root=/dev/mapper/rhel-root\n/boot/grub2/grub.cfg resume=UUID=77",
        hyperv_drivers.MODULES: hyperv_modules("3.10.0-1160.el7.x86_64"),
        storage_mounts.SYSTEM_DIRECTORIES: system_directories(),
        storage_filesystems.SPACE: "/ 6291456 4096\n/usr/local 6291456 4096",
        storage_filesystems.XFS: "",
        storage_filesystems.NON_ENGLISH: "",
        storage_volumes.FIBRE_CHANNEL: "",
        storage_volumes.CLUSTER_FILES: "",
        processes.PROCESSES: process_lines(),
    }
    plain.update(blocks(scsi("sda", "8:0", 40, ("sda1", "8:1"), ("sda2", "8:2"))))
    plain[storage_mounts.MOUNTS] = mounts("8:2 / / ext4 /dev/sda2", "8:1 / /boot ext4 /dev/sda1")
    for more in answers:
        plain.update(more)
    return plain


def kernel(release: str, hostname: str = "srv01.example.com") -> str:
    """Return the answer with the kernel's release and the host name."""
    return values({"/proc/sys/kernel/osrelease": release, "/proc/sys/kernel/hostname": hostname})


def hyperv_modules(release: str) -> str:
    """Return what grep finds of the Hyper-V drivers in the lists of modules."""
    dep = f"/lib/modules/{release}/modules.dep:"
    return "".join(f"{dep}/{name}.ko\n" for name in ("hv_vmbus", "hv_storvsc", "hv_vmbus", "hv_netvsc", "hv_vmbus"))


def process_lines(*running: str) -> str:
    """Return the processes read with process 1 and the named ones."""
    rest = "S {parent} 1 1 0 -1 4202752 1 0 0 0 1 1 0 0 20 0 1 0 {started} 1 1"
    shown = ["btime 1699990000", "10000.25 19000.00", f"1 (systemd) {rest.format(parent=0, started=1)}"]
    shown += [f"{100 + n} ({name}) {rest.format(parent=1, started=900)}" for n, name in enumerate(running)]
    return "\n".join(shown)


XFS_INFO_V4_OLD = """\
meta-data=/dev/mapper/vg_data-lv_data isize=256    agcount=4, agsize=655360 blks
         =                       sectsz=512   attr=2, projid32bit=0
data     =                       bsize=4096   blocks=2621440, imaxpct=25
         =                       sunit=0      swidth=0 blks
naming   =version 2              bsize=4096   ascii-ci=0
log      =internal               bsize=4096   blocks=2560, version=2
         =                       sectsz=512   sunit=0 blks, lazy-count=1
realtime =none                   extsz=4096   blocks=0, rtextents=0
"""
XFS_INFO_V5 = """\
meta-data=/dev/sda2              isize=512    agcount=4, agsize=1144320 blks
         =                       sectsz=512   attr=2, projid32bit=1
         =                       crc=1        finobt=0 spinodes=0
data     =                       bsize=4096   blocks=4577280, imaxpct=25
         =                       sunit=0      swidth=0 blks
naming   =version 2              bsize=4096   ascii-ci=0 ftype=1
log      =internal               bsize=4096   blocks=2560, version=2
         =                       sectsz=512   sunit=0 blks, lazy-count=1
realtime =none                   extsz=4096   blocks=0, rtextents=0
"""
XFS_INFO_V4_FTYPE = XFS_INFO_V5.replace("crc=1 ", "crc=0 ").replace("isize=512", "isize=256")


def xfs_info(**by_mount: str) -> str:
    """Return the answer of the XFS read; ``_srv="…"`` is /srv, a code in the place of the text is a failure."""
    shown = ""
    for name, text in by_mount.items():
        body, code = ("", text) if text.isdigit() else (text, "0")
        shown += f"= {name.replace('_', '/')}\n{body}= end {code}\n"
    return shown


def rhel6() -> AnswerDict:
    """Return a machine before os-release and systemd: GRUB 1, LVM, XFS of version 4."""
    release = "2.6.32-754.el6.x86_64"
    root, data = lvm_uuid("aB3"), lvm_uuid("cD4")
    return machine(
        {
            os_release.OS_RELEASE: Status.ABSENT,
            os_release.RELEASE_LINES: values(
                {
                    "/etc/redhat-release": "Red Hat Enterprise Linux Server release 6.10 (Santiago)",
                    "/etc/system-release": "Red Hat Enterprise Linux Server release 6.10 (Santiago)",
                }
            ),
            operating_system.KERNEL: kernel(release),
            boot_loader.LOADER: "file /boot/grub/menu.lst\nfile /boot/grub/grub.conf\n"
            "/boot/grub/menu.lst root=/dev/mapper/vg_sys-lv_root\n/boot/grub/grub.conf root=/dev/mapper/vg_sys-lv_root",
            hyperv_drivers.MODULES: hyperv_modules(release),
            storage_mounts.MOUNTS: "1 1 0:1 / / rw - rootfs rootfs rw\n"
            + mounts(
                "253:0 / / ext4 /dev/mapper/vg_sys-lv_root",
                "8:1 / /boot ext4 /dev/sda1",
                "253:1 / /data xfs /dev/mapper/vg_data-lv_data",
            ),
            storage_filesystems.XFS: xfs_info(_data=XFS_INFO_V4_OLD),
        },
        blocks(
            scsi("sda", "8:0", 40, ("sda1", "8:1"), ("sda2", "8:2")),
            scsi("sdb", "8:16", 10),
            mapper("dm-0", "253:0", 38, "vg_sys-lv_root", root, "sda2"),
            mapper("dm-1", "253:1", 10, "vg_data-lv_data", data, "sdb"),
            Block("ram0", "1:0", 0.0156),
            Block("loop0", "7:0"),
            Block("fd0", "2:0", 0.0001, extra={"removable": "1"}),
            Block("sr0", "11:0", 1, extra={"device/type": "5", "device/vendor": "NECVMWar", "removable": "1"}),
        ),
    )


def centos7() -> AnswerDict:
    """Return a machine with LVM, /usr on a second disk, and XFS of version 4 with the type of files."""
    return machine(
        {
            os_release.OS_RELEASE: 'NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nID_LIKE="rhel fedora"\n'
            'VERSION_ID="7"\nPRETTY_NAME="CentOS Linux 7 (Core)"\n',
            os_release.RELEASE_LINES: values(
                {
                    "/etc/centos-release": "CentOS Linux release 7.9.2009 (Core)",
                    "/etc/redhat-release": "CentOS Linux release 7.9.2009 (Core)",
                }
            ),
            storage_mounts.MOUNTS: mounts(
                "253:0 / / xfs /dev/mapper/centos-root",
                "8:1 / /boot xfs /dev/sda1",
                "253:2 / /usr xfs /dev/mapper/vg--apps-usr",
                "0:42 / /srv/share nfs4 nas:/export",
            ),
            storage_filesystems.XFS: xfs_info(_=XFS_INFO_V5, _boot=XFS_INFO_V4_FTYPE, _usr=XFS_INFO_V4_FTYPE),
        },
        blocks(
            scsi("sda", "8:0", 40, ("sda1", "8:1"), ("sda2", "8:2")),
            scsi("sdb", "8:16", 100, ("sdb1", "8:17")),
            mapper("dm-0", "253:0", 37, "centos-root", lvm_uuid("1"), "sda2"),
            mapper("dm-1", "253:1", 2, "centos-swap", lvm_uuid("2"), "sda2"),
            mapper("dm-2", "253:2", 20, "vg--apps-usr", lvm_uuid("3"), "sdb1"),
        ),
    )


def sles11() -> AnswerDict:
    """Return a machine whose boot loader and fstab name disks by their hardware."""
    disk = "/dev/disk/by-id/ata-VMware_Virtual_SATA_Hard_Drive_01-part2"
    return machine(
        {
            os_release.OS_RELEASE: Status.ABSENT,
            os_release.RELEASE_LINES: "",
            os_release.SUSE_RELEASE: "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n",
            operating_system.KERNEL: kernel("3.0.101-63-default"),
            boot_loader.LOADER: f"file /boot/grub/menu.lst\n/boot/grub/menu.lst root={disk}\n"
            "/boot/grub/menu.lst resume=/dev/sda1",
            boot.FSTAB: f"/dev/sda1 swap swap defaults 0 0\n{disk}\t/ ext3 acl 1 1\n# /dev/sdz1 /old ext3\n"
            "proc /proc proc defaults 0 0\n/dev/sda1 swap swap pri=2 0 0",
            hyperv_drivers.MODULES: hyperv_modules("3.0.101-63-default"),
        },
        blocks(scsi("sda", "8:0", 20, ("sda1", "8:1"), ("sda2", "8:2"), vendor="ATA")),
    )


def sles12_btrfs() -> AnswerDict:
    """Return a machine whose root is a btrfs over two disks, mounted as subvolumes."""
    return machine(
        {
            os_release.OS_RELEASE: 'NAME="SLES"\nVERSION="12-SP5"\nVERSION_ID="12.5"\nID="sles"\n',
            os_release.RELEASE_LINES: "",
            os_release.SUSE_RELEASE: "SUSE Linux Enterprise Server 12 (x86_64)\nVERSION = 12\nPATCHLEVEL = 5\n",
            storage_mounts.MOUNTS: mounts(
                "0:35 /@/.snapshots/1/snapshot / btrfs /dev/sda2",
                "0:35 /@/var /var btrfs /dev/sda2",
                "0:35 /@/usr/local /usr/local btrfs /dev/sda2",
                "8:33 / /home xfs /dev/sdc1",
            ),
            storage_filesystems.XFS: xfs_info(_home="127"),
        },
        blocks(
            scsi("sda", "8:0", 40, ("sda1", "8:1"), ("sda2", "8:2")),
            scsi("sdb", "8:16", 40, ("sdb1", "8:17")),
            scsi("sdc", "8:32", 40, ("sdc1", "8:33")),
            links=["/sys/fs/btrfs/8f1d3c5e/devices/sda2", "/sys/fs/btrfs/8f1d3c5e/devices/sdb1"],
        ),
    )


def rhel9_multipath() -> AnswerDict:
    """Return a machine that starts from a disk in a Fibre Channel network, reached over two paths."""
    paths = [
        Block(
            name,
            number,
            100,
            extra={"device/vendor": "PURE", "device/type": "0"},
        )
        for name, number in (("sda", "8:0"), ("sdb", "8:16"))
    ]
    links = [f"/sys/block/sd{letter}/device/../../../fc_host/host{letter}" for letter in "ab"]
    return machine(
        {
            storage_mounts.MOUNTS: mounts(
                "253:2 / / xfs /dev/mapper/rhel-root", "253:1 / /boot xfs /dev/mapper/mpatha1"
            ),
            storage_filesystems.XFS: xfs_info(_=XFS_INFO_V5, _boot=XFS_INFO_V5),
            storage_volumes.FIBRE_CHANNEL: names("/sys/class/fc_host/host1", "/sys/class/fc_host/host2"),
        },
        blocks(
            *paths,
            mapper("dm-0", "253:0", 100, "mpatha", "mpath-3624a9370", "sda", "sdb"),
            mapper("dm-1", "253:1", 1, "mpatha1", "part1-mpath-3624a9370", "dm-0"),
            mapper("dm-3", "253:3", 99, "mpatha2", "part2-mpath-3624a9370", "dm-0"),
            mapper("dm-2", "253:2", 99, "rhel-root", lvm_uuid("9"), "dm-3"),
            links=links,
        ),
    )


def md_raid() -> AnswerDict:
    """Return a machine whose root lies on an encrypted volume over a mirror of two disks."""
    return machine(
        {storage_mounts.MOUNTS: mounts("253:0 / / ext4 /dev/mapper/crypt_root", "9:0 / /boot ext4 /dev/md0")},
        blocks(
            scsi("sda", "8:0", 40, ("sda1", "8:1"), ("sda2", "8:2")),
            scsi("sdb", "8:16", 40, ("sdb1", "8:17"), ("sdb2", "8:18")),
            Block("md0", "9:0", 1, slaves=("sda1", "sdb1"), extra={"md/level": "raid1"}),
            Block("md_root", "9:127", 39, slaves=("sda2", "sdb2"), extra={"md/level": "raid1"}),
            mapper("dm-0", "253:0", 39, "crypt_root", "CRYPT-LUKS2-0a-crypt_root", "md_root"),
        ),
    )


def debian_nvme() -> AnswerDict:
    """Return a physical machine on NVMe with a USB stick and an empty card reader."""
    stick = {"device/vendor": "SanDisk", "device/type": "0", "device/../../scsi_host/host6/proc_name": "usb-storage"}
    return machine(
        {
            os_release.OS_RELEASE: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\n'
            'VERSION_ID="12"\nID=debian\n',
            os_release.RELEASE_LINES: values({"/etc/debian_version": "12.5"}),
            operating_system.KERNEL: kernel("6.1.0-18-amd64"),
            storage_mounts.MOUNTS: mounts("259:2 / / ext4 /dev/nvme0n1p2", "259:1 / /boot/efi vfat /dev/nvme0n1p1"),
            boot.FIRMWARE: names("/sys/firmware", "/sys/firmware/efi", "/sys/firmware/efi/efivars/BootOrder-8be4df61"),
        },
        blocks(
            Block(
                "nvme0n1",
                "259:0",
                500,
                (("nvme0n1p1", "259:1"), ("nvme0n1p2", "259:2")),
                extra={"device/dev": "246:0", "queue/logical_block_size": "4096"},
            ),
            Block("nvme0c0n1", "", 500),
            Block("sda", "8:0", 16, (("sda1", "8:1"),), extra=dict(stick)),
            Block("sdb", "8:16", 0, extra={**stick, "removable": "1"}),
        ),
    )


def azure_uefi() -> AnswerDict:
    """Return a generation 2 machine on Azure with Secure Boot on."""
    dmi = "/sys/class/dmi/id"
    disk = {"device/vendor": "Msft", "device/type": "0", "device/../../scsi_host/host0/proc_name": "storvsc"}
    return machine(
        {
            hardware.FIRMWARE: values(
                {
                    f"{dmi}/sys_vendor": "Microsoft Corporation",
                    f"{dmi}/product_name": "Virtual Machine",
                    f"{dmi}/product_uuid": None,
                }
            ),
            boot.FIRMWARE: names(
                "/sys/firmware", "/sys/firmware/efi", "/sys/firmware/efi/efivars/SecureBoot-8be4df61"
            ),
            boot.SECURE_BOOT: Printed("   6   0   0   0   1\nod: /sys/firmware/efi/vars: No such file or directory", 1),
        },
        blocks(
            Block("sda", "8:0", 64, (("sda1", "8:1"), ("sda2", "8:2")), extra=dict(disk)),
            Block("sdb", "8:16", 32, (("sdb1", "8:17"),), extra=dict(disk)),
        ),
    )


ALL = {
    "rhel6": rhel6,
    "centos7": centos7,
    "sles11": sles11,
    "sles12_btrfs": sles12_btrfs,
    "rhel9_multipath": rhel9_multipath,
    "md_raid": md_raid,
    "debian_nvme": debian_nvme,
    "azure_uefi": azure_uefi,
}
