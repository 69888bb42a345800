# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paravirtual drivers: those of AWS, Citrix and Red Hat. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import services
from ..fact import Fact, Subject, Unknown, Value
from . import service_rows

#: AWS's and the newer ones of Citrix come from the same sources and bear the same names.
_XEN = ("xenbus", "xenvbd", "xenvif", "xennet", "xeniface", "xenfilt")
_OLD_CITRIX = ("xenevtchn", "xenpci", "xennet6")
_RED_HAT = ("rhelscsi", "rhelnet", "rhelfltr")
_VIRTIO = ("viostor", "vioscsi", "netkvm")
_OF_AMAZON = ("AWSNVMe", "ena")
DRIVERS = services(*_XEN, *_OLD_CITRIX, *_RED_HAT, *_VIRTIO, *_OF_AMAZON)


def _parse(recording: Recording) -> Mapping[str, Value]:
    found = service_rows.states(recording, DRIVERS)
    families = {"xen": _XEN + _OLD_CITRIX, "red_hat": _RED_HAT, "virtio": _VIRTIO, "nitro": _OF_AMAZON}
    if isinstance(found, Unknown):
        return dict.fromkeys(families, found)
    return {family: [name for name in names if _in_use(found[name])] for family, names in families.items()}


def _in_use(state: service_rows.ServiceState) -> bool:
    return state.installed and state.start_mode != "disabled"


_SOURCE = "the services in the registry"

SUBJECT = Subject(
    "drivers",
    (
        Fact(
            "drivers.xen",
            "list",
            "Drivers of AWS PV and Citrix PV that are installed and not disabled.",
            _SOURCE,
            (DRIVERS,),
        ),
        Fact("drivers.red_hat", "list", "Those of Red Hat PV for Xen.", _SOURCE, (DRIVERS,)),
        Fact("drivers.virtio", "list", "Those of virtio.", _SOURCE, (DRIVERS,)),
        Fact("drivers.nitro", "list", "Those for EC2's NVMe disks and network adapters.", _SOURCE, (DRIVERS,)),
    ),
    _parse,
)
