# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import (
    boot,
    certificates,
    clock,
    collecting_process,
    drivers,
    hardware,
    network,
    operating_system,
    outbound,
    proxy,
    remote_access,
    services,
    tls,
    updates,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.subjects import SUBJECTS
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_samples import (
    SERVER_2008_R2,
    SERVER_2019,
    Answers,
    objects,
    row,
    service_lines,
)

THIRTY_TWO = ["powershell\t5.1", "process_bits\t32", "architecture\tAMD64"]
OLD, NEW = SERVER_2008_R2, SERVER_2019
Said = Any


def fact(base: Answers, path: str, changes: dict[Read, Said] | None = None) -> Any:
    """One fact of a sample with some answers changed."""
    value: Any = assemble(recording({**base, **(changes or {})}), SUBJECTS).tree
    for name in path.split("."):
        value = value[name]
    return value


def computer(vendor: str, product: str) -> list[str]:
    return objects({"Manufacturer": vendor, "Model": product, "TotalPhysicalMemory": 1, "PartOfDomain": False})


@pytest.mark.parametrize(
    ("vendor", "product", "bios", "devices", "expected"),
    [
        ("VMware, Inc.", "VMware7,1", "VMW71", [], "vmware"),
        ("Microsoft Corporation", "Virtual Machine", "Hyper-V UEFI", [], "hyperv"),
        ("Microsoft Corporation", "Surface", "1", [], "none"),
        ("Xen", "HVM domU", "4.2.amazon", [], "amazon"),
        ("Amazon EC2", "t3.large", "1.0", [], "amazon"),
        ("Xen", "HVM domU", "4.13", [], "xen"),
        ("Red Hat", "KVM", "1.11", [], "kvm"),
        ("QEMU", "Standard PC (i440FX + PIIX, 1996)", "rel", [], "qemu"),
        ("Dell Inc.", "PowerEdge R740", "2.1", [], "none"),
        ("Dell Inc.", "PowerEdge R740", "2.1", ["VEN_15AD&DEV_0405"], None),
        ("", "", "", [], None),
    ],
)
def test_virtualization(vendor: str, product: str, bios: str, devices: list[str], expected: str | None) -> None:
    changes: dict[Read, Said] = {
        hardware.COMPUTER: computer(vendor, product),
        hardware.BIOS: objects({"SMBIOSBIOSVersion": bios}),
        hardware.VIRTUAL_DEVICES: devices,
    }
    assert fact(NEW, "hardware.virtualization", changes) == expected


@pytest.mark.parametrize(
    ("base", "changes", "expected"),
    [
        (NEW, {}, "uefi"),
        (NEW, {boot.FIRMWARE: [row("PEFirmwareType", "DWord", 1)]}, "bios"),
        (OLD, {}, "bios"),
        (OLD, {boot.BOOT_MANAGER: [row("Element", "String", r"\EFI\Microsoft\Boot\bootmgfw.efi")]}, "uefi"),
        (OLD, {boot.MOUNTED: []}, None),
    ],
)
def test_firmware(base: Answers, changes: dict[Read, Said], expected: str | None) -> None:
    assert fact(base, "boot.firmware", changes) == expected


def test_secure_boot_is_off_with_bios_and_told_with_uefi() -> None:
    assert fact(OLD, "boot.secure_boot") is False
    assert fact(NEW, "boot.secure_boot", {boot.SECURE_BOOT: [row("UEFISecureBootEnabled", "DWord", 1)]}) is True


def test_driver_that_is_missing_is_named() -> None:
    lines = service_lines(boot.DRIVERS, storflt="absent", vmbus="stopped disabled")
    assert fact(NEW, "boot.missing_drivers", {boot.DRIVERS: lines}) == ["storflt"]


def test_drivers_in_use_are_told_by_family() -> None:
    lines = service_lines(drivers.DRIVERS, **dict.fromkeys(drivers.DRIVERS.arguments, "absent"))
    lines[0] = row("xenbus", "Running", "0", "", "")
    lines[list(drivers.DRIVERS.arguments).index("rhelnet")] = row("rhelnet", "", "4", "", "")
    found = {drivers.DRIVERS: lines}
    assert (fact(NEW, "drivers.xen", found), fact(NEW, "drivers.red_hat", found)) == (["xenbus"], [])


def test_service_states_and_tools() -> None:
    lines = service_lines(services.SERVICES, VMTools="stopped disabled", COMSysApp="stopped manual")
    assert fact(NEW, "vmware_tools", {services.SERVICES: lines})["running"] is False
    assert fact(NEW, "services.com_plus", {services.SERVICES: lines}) == {
        "installed": True,
        "running": False,
        "start_mode": "manual",
    }
    absent = service_lines(services.SERVICES, VMTools="absent")
    tools = fact(NEW, "vmware_tools", {services.SERVICES: absent, services.VMWARE_TOOLS: Status.ABSENT})
    assert tools == {"installed": False, "kind": "none", "running": False, "autostart": False, "version": ""}


def test_service_that_was_not_told_of_is_unknown() -> None:
    assert fact(NEW, "services.vss", {services.SERVICES: [row("VSS", "Running", "2", "", "")]}) is None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("LocalAccountTokenFilterPolicy", "DWord", 1)], (1, "DWord")),
        ([row("LocalAccountTokenFilterPolicy", "String", "1")], (0, "String")),
        ([row("LocalAccountTokenFilterPolicy", "String", "1.")], (0, "String")),
        ([row("LocalAccountTokenFilterPolicy", "QWord", 1)], (0, "QWord")),
        ([], (0, "")),
        (Status.UNREADABLE, (None, None)),
    ],
)
def test_token_filter_policy_counts_as_a_dword_only(rows: Said, expected: tuple[Any, Any]) -> None:
    found = fact(NEW, "remote_access", {remote_access.SYSTEM_POLICY: rows})
    assert (found["token_filter_policy"], found["token_filter_policy_type"]) == expected


def test_group_policy_wins_over_the_setting_of_remote_desktop() -> None:
    policy = {remote_access.TERMINAL_SERVER_POLICY: [row("fDenyTSConnections", "DWord", 1)]}
    assert fact(NEW, "remote_access.remote_desktop_enabled", policy) is False
    assert fact(NEW, "remote_access.remote_desktop_enabled", {remote_access.TERMINAL_SERVER: []}) is False


def test_administrators_are_known_by_their_identity() -> None:
    found = fact(NEW, "remote_access.administrators")
    assert [(each["name"], each["built_in"]) for each in found] == [
        ("APP01\\Administrator", True),
        ("CORP\\Domain Admins", False),
    ]
    assert fact(NEW, "remote_access.administrators", {remote_access.ADMINISTRATORS: ["no\trow"]}) is None


def tls_changes(protocol: str, *rows: str) -> dict[Read, Said]:
    return {tls.PROTOCOLS[protocol]: [*rows]}


@pytest.mark.parametrize(
    ("base", "changes", "name", "expected"),
    [
        (OLD, {}, "client_tls12", False),
        (OLD, {}, "client_tls10", True),
        (OLD, {}, "winhttp_tls12", False),
        (OLD, tls_changes("TLS 1.2", row("Client", "DisabledByDefault", "DWord", 0)), "client_tls12", True),
        (OLD, tls_changes("TLS 1.2", row("Client", "Enabled", "DWord", 1)), "client_tls12", False),
        (OLD, tls_changes("TLS 1.2", row("Server", "DisabledByDefault", "DWord", 0)), "client_tls12", False),
        (NEW, {}, "client_tls12", True),
        (NEW, tls_changes("TLS 1.2", row("Client", "Enabled", "DWord", 0)), "client_tls12", False),
        (NEW, tls_changes("TLS 1.2", row("Client", "Enabled", "DWord", 4294967295)), "client_tls12", True),
        (NEW, tls_changes("TLS 1.2", row("Client", "DisabledByDefault", "DWord", 1)), "client_tls12", False),
        (NEW, tls_changes("TLS 1.2", row("Client", "Enabled", "String", "1")), "client_tls12", None),
        (NEW, tls_changes("TLS 1.0", row("Client", "Enabled", "DWord", 0)), "client_tls10", False),
        (NEW, {tls.WINHTTP[1]: [row("DefaultSecureProtocols", "DWord", 0xA0)]}, "winhttp_tls12", False),
        (OLD, dict.fromkeys(tls.WINHTTP, [row("DefaultSecureProtocols", "DWord", 0xA80)]), "winhttp_tls12", True),  # noqa: RUF024
        (NEW, {tls.DOTNET[1]: Status.ABSENT}, "dotnet_strong_crypto", False),
        (NEW, {tls.DOTNET[1]: Status.UNREADABLE}, "dotnet_strong_crypto", None),
    ],
)
def test_tls_is_what_the_registry_says_and_else_the_default(
    base: Answers, changes: dict[Read, Said], name: str, expected: bool | None
) -> None:
    assert fact(base, f"tls.{name}", changes) is expected


def package(name: str) -> str:
    return row(f"{name}~31bf3856ad364e35~amd64~~6.1.1.3")


@pytest.mark.parametrize(
    ("base", "packages", "expected"),
    [
        (NEW, [], True),
        (OLD, [], False),
        (OLD, [package("Package_for_KB4474419")], False),
        (OLD, [package("Package_for_KB4474419"), package("Package_for_KB4490628")], True),
        (OLD, [row("Package_for_RollupFix~31bf3856ad364e35~amd64~~7601.24511.1.7")], True),
        (OLD, [row("Package_for_RollupFix~31bf3856ad364e35~amd64~~7601.24494.1.7")], False),
        (OLD, Status.UNREADABLE, None),
    ],
)
def test_absent_update_is_no_failure_where_a_newer_rollup_is_there(
    base: Answers, packages: Said, expected: bool | None
) -> None:
    assert fact(base, "updates.sha2_signatures", {updates.PACKAGES: packages}) is expected


@pytest.mark.parametrize(
    ("changes", "signs"),
    [
        ({}, []),
        ({updates.SERVICING: ["RebootPending"]}, ["servicing (RebootPending)"]),
        ({updates.AUTO_UPDATE: Status.ABSENT}, []),
        ({updates.AUTO_UPDATE: ["RebootRequired"]}, ["Windows Update (RebootRequired)"]),
        (
            {updates.RENAMES: [row("PendingFileRenameOperations", "MultiString", r"\??\C:\Temp\x.tmp")]},
            ["files to be replaced"],
        ),
        ({updates.RENAMES: [row("PendingFileRenameOperations", "MultiString", "")]}, []),
        ({updates.NEXT_NAME: [row("ComputerName", "String", "NEW01")]}, ["a new computer name"]),
        ({updates.NEXT_NAME: [row("ComputerName", "String", "app01")]}, []),
        ({updates.SERVICING: Status.UNREADABLE}, None),
    ],
)
def test_restart_is_waited_for(changes: dict[Read, Said], signs: list[str] | None) -> None:
    found = fact(NEW, "reboot", changes)
    assert found == {"signs": signs, "pending": None if signs is None else bool(signs)}


def winhttp(flags: int, proxy_text: str = "", exceptions: str = "") -> str:
    content = b"\x28\0\0\0" + b"\x05\0\0\0" + flags.to_bytes(4, "little")
    for text in (proxy_text, exceptions):
        content += len(text).to_bytes(4, "little") + text.encode()
    return content.hex().upper()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (winhttp(1), ""),
        (winhttp(3, "proxy.example.com:8080", "<local>"), "proxy.example.com:8080"),
        (winhttp(3, "http=anna:geheim@proxy:80;https=proxy:81"), "http=[redacted]@proxy:80;https=proxy:81"),
        (winhttp(3, "proxy")[:-10], None),
        ("2800", None),
        ("", None),
    ],
)
def test_proxy_of_winhttp_is_taken_out_of_its_bytes(value: str, expected: str | None) -> None:
    found = fact(NEW, "proxy", {proxy.WINHTTP: [row("WinHttpSettings", "Binary", value)]})
    assert found["winhttp"] == expected
    assert found["with_credentials"] is (None if expected is None else "redacted" in expected)
    assert "geheim" not in str(found)


def test_proxy_of_the_system_account_counts_only_where_it_is_switched_on() -> None:
    rows = [row("ProxyEnable", "DWord", 0), row("ProxyServer", "String", "proxy:8080")]
    assert fact(NEW, "proxy.used", {proxy.SYSTEM_ACCOUNT: rows}) is False
    rows[0] = row("ProxyEnable", "DWord", 1)
    assert fact(NEW, "proxy.system_account", {proxy.SYSTEM_ACCOUNT: rows}) == "proxy:8080"


def test_proxy_of_site_recovery_stands_in_its_file() -> None:
    found = {proxy.SITE_RECOVERY: ["[proxy]", "Address=http://192.0.2.4", "Port=567"]}
    assert fact(NEW, "proxy.site_recovery", found) == "http://192.0.2.4:567"


def test_sign_in_behind_a_proxy_is_unknown_where_the_direct_way_is_closed() -> None:
    closed: dict[Read, Said] = {outbound.TARGETS: [row(outbound.SIGN_IN, "TimedOut", "")]}
    assert fact(NEW, "outbound.sign_in", closed) is False
    behind = {**closed, proxy.WINHTTP: [row("WinHttpSettings", "Binary", winhttp(3, "proxy:8080"))]}
    assert fact(NEW, "outbound.sign_in", behind) is None


def test_root_that_is_distrusted_does_not_count() -> None:
    first = NEW[certificates.ROOTS]
    assert isinstance(first, list)
    found = fact(NEW, "certificates.roots", {certificates.DISTRUSTED: first[:1]})
    assert [each["sha1"] for each in found] == ["73A5E64A3BFF8316FF0EDCCC618A906E4EAE4D74"]
    assert fact(NEW, "certificates.roots", {certificates.ROOTS: []}) is None


def test_time_servers_count_only_with_the_types_that_use_them() -> None:
    assert fact(NEW, "clock.servers") == []
    rows = [row("Type", "String", "NTP"), row("NtpServer", "String", "time.windows.com,0x9 192.0.2.1,0x8")]
    assert fact(NEW, "clock.servers", {clock.PARAMETERS: rows}) == ["time.windows.com", "192.0.2.1"]


def test_team_and_virtual_switch_are_no_adapters_of_their_own() -> None:
    adapters = objects(
        {
            "Index": 1,
            "Name": "a",
            "PNPDeviceID": r"VMBUS\{1}",
            "MACAddress": "00:15:5D:00:00:01",
            "NetConnectionStatus": 2,
        },
        {"Index": 2, "Name": "b", "PNPDeviceID": r"XENVIF\VEN_XS0001&DEV_NET", "NetConnectionStatus": 7},
        {"Index": 3, "Name": "Team", "PNPDeviceID": r"COMPOSITEBUS\MS_IMPLAT_MP\1", "NetConnectionStatus": 2},
        {"Index": 9, "Name": "WAN-Miniport", "PNPDeviceID": r"ROOT\MS_NDISWANIP\0000"},
    )
    configurations = objects(
        {"Index": 3, "DHCPEnabled": True, "IPAddress": ["192.0.2.5", "169.254.1.1"], "IPSubnet": ["255.255.255.0"]}
    )
    found = fact(NEW, "network", {network.ADAPTERS: adapters, network.CONFIGURATIONS: configurations})
    assert found["adapter_count"] == 2
    assert [each["name"] for each in found["adapters"]] == ["a", "b", "Team"]
    assert found["host_addresses"] == ["192.0.2.5"]
    assert found["static_addresses"] == []


def test_32_bit_process_knows_nothing_of_the_places_that_it_is_led_away_from() -> None:
    changes: dict[Read, Said] = {collecting_process.ENVIRONMENT: THIRTY_TWO}
    facts = assemble(recording({**NEW, **changes}), SUBJECTS)
    for path in ("os.name", "remote_access.token_filter_policy", "dotnet.release", "tls.dotnet_strong_crypto"):
        assert "32-bit" in facts.reasons[path]
    assert {"reboot.pending", "proxy.winhttp"} <= facts.reasons.keys()
    assert "firewall.wmi_allowed" not in facts.reasons
    assert "boot.firmware" not in facts.reasons


def test_operating_system_names_the_drive_of_windows() -> None:
    changes: dict[Read, Said] = {operating_system.SYSTEM: objects({"Version": "6.3.9600", "SystemDrive": "D:"})}
    assert fact(NEW, "os.system_drive", changes) == "D:"
    assert fact(NEW, "storage.install_free_bytes", changes) is None
