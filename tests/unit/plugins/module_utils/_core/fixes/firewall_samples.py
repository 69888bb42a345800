# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts of machines with firewalls, for the tests of firewall_port; rules and files as real hosts had them."""

from __future__ import annotations

from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.posix_cksum import posix_cksum

IPTABLES = """\
# sample configuration for iptables service
*nat
:PREROUTING ACCEPT [0:0]
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -s 192.0.2.66/32 -j DROP
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-host-prohibited
-A FORWARD -j REJECT --reject-with icmp-host-prohibited
COMMIT
"""
NFT_FILE = """\
#!/usr/sbin/nft -f

flush ruleset

table inet filter {
\tset allowed {
\t\ttype ipv4_addr
\t\telements = { 10.0.0.1,
\t\t\t10.0.0.2 }
\t}
\tchain input {
\t\ttype filter hook input priority 0; policy drop;
\t\tct state established,related accept
\t\t# people
\t\ttcp dport { 22,
\t\t\t2222 } accept
\t\tcounter reject with icmpx type admin-prohibited
\t}
\tchain output {
\t\ttype filter hook output priority 0;
\t}
}
"""
NFT_LIVE = """\
table inet filter { # handle 1
\tchain input { # handle 1
\t\ttype filter hook input priority filter; policy drop;
\t\tct state established,related accept # handle 4
\t\ttcp dport 22 accept comment "ssh" # handle 8
\t\tcounter packets 7 bytes 420 reject with icmpx admin-prohibited # handle 9
\t}

\tchain output { # handle 2
\t\ttype filter hook output priority filter; policy accept;
\t}
}
"""
UFW = """\
*filter
:ufw-user-input - [0:0]
### RULES ###

### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in
-A ufw-user-input -p tcp --dport 22 -j ACCEPT

### tuple ### deny any any 0.0.0.0/0 any 0.0.0.0/0 in
-A ufw-user-input -j DROP

### END RULES ###

### LOGGING ###
### END LOGGING ###
COMMIT
"""
UFW_LIVE = """\
*filter
:INPUT DROP [0:0]
:ufw-user-input - [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -j ufw-user-input
-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT
-A ufw-user-input -j DROP
COMMIT
"""
ZONE = """\
<?xml version="1.0" encoding="utf-8"?>
<zone>
  <short>Public</short>
  <service name="ssh"/>
</zone>
"""
FIREWALLD_TREE = """\
/etc/firewalld/firewalld.conf:DefaultZone=public
/usr/lib/firewalld/services/ssh.xml:<service><port protocol="tcp" port="22"/></service>
"""

YES = {"allowed": "yes", "sources": [], "reason": ""}
NO = {"allowed": "no", "sources": [], "reason": ""}
ALL_FILES = {
    "iptables_rules": "/etc/sysconfig/iptables",
    "iptables_debian_rules": "/etc/iptables/rules.v4",
    "nftables_conf": "/etc/nftables.conf",
    "nftables_sysconfig": "/etc/sysconfig/nftables.conf",
    "ufw_rules": "/etc/ufw/user.rules",
    "ufw_old_rules": "/lib/ufw/user.rules",
}
KEEPERS = {
    "iptables": "/etc/sysconfig/iptables",
    "nftables": "/etc/nftables",
    "ufw": "/etc/ufw",
    "firewalld": "/etc/firewalld",
}


def unknown(reason: str) -> dict[str, Any]:
    return {"allowed": "unknown", "sources": [], "reason": reason}


def file_fact(path: str, text: str | None) -> dict[str, Any]:
    content = (text or "").encode("utf-8", "surrogateescape")
    checksum = "none" if text is None else posix_cksum(content)
    there = text is not None
    return {"path": path, "present": there, "text": text or "", "checksum": checksum, "obstacle": ""}


def facts(
    kind: str,
    *,
    file: str | None = None,
    live: dict[str, Any] | None = None,
    ssh: tuple[Any, Any] = (YES, YES),
    multi_vm: tuple[Any, Any] = (NO, NO),
    keepers: tuple[str, ...] | None = None,
    **places: Any,
) -> Facts:
    """Return the facts of a machine; ``ssh`` and ``multi_vm`` say what is let in now and later."""
    starting = (KEEPERS[kind],) if keepers is None and kind in KEEPERS else keepers or ()
    texts = {"iptables": "iptables_rules", "nftables": "nftables_conf", "ufw": "ufw_rules"}
    files = {name: file_fact(path, file if texts.get(kind) == name else None) for name, path in ALL_FILES.items()}
    zone = file_fact("/etc/firewalld/zones/public.xml", file if kind == "firewalld" else None)
    tree = FIREWALLD_TREE + "".join(f"/usr/lib/firewalld/zones/public.xml:{line}\n" for line in ZONE.splitlines())
    ports = (("ssh", 22, ssh), ("multi_vm", 20004, multi_vm))
    return Facts(
        {
            "firewall_openings": {
                "connections": [
                    {
                        "use": use,
                        "port": port,
                        "now": now,
                        "later": later,
                        "keepers": [{"path": path, **later} for path in starting],
                    }
                    for use, port, (now, later) in ports
                ],
                "kernel": {
                    "kind": kind,
                    "interfaces": ["eth0"],
                    "legacy": "",
                    "legacy_matches": ["tcp", "comment", "state"],
                    "compat": "",
                    "nft": "",
                    **(live or {}),
                },
                "places": {
                    "nftables_unit": "ExecStart=/usr/sbin/nft -f /etc/nftables.conf",
                    "ufw_policy": "deny",
                    "ufw_comments": True,
                    "firewalld": tree,
                    "others": [],
                    **places,
                },
                "zones": [{"name": "public", "active": True, **zone, "vendor_text": ZONE}],
            },
            "files": files,
        }
    )
