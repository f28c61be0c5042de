"""From names in a configuration to a :class:`~printer.press.Press`: the one place that knows the transports."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from printer import profiles
from printer.errors import TransportNotOffered
from printer.press import Press
from printer.transports.base import Transport

OFFERED: Final = ("virtual", "network", "file")
"""The transports of this version."""


def transport_for(
    transport: str, *, profile: profiles.Profile, host: str, port: int, device: str, paper_dir: Path
) -> Transport:
    """The transport called ``transport``. Raises :class:`~printer.errors.TransportNotOffered`."""
    match transport:
        case "virtual":
            from printer.transports.virtual import VirtualTransport

            return VirtualTransport.to_folder(paper_dir, profile)
        case "network":
            from printer.transports.network import NetworkTransport

            return NetworkTransport(host, port)
        case "file":
            from printer.transports.file import FileTransport

            return FileTransport(Path(device))
    raise TransportNotOffered(
        f"printer transport {transport!r} is not offered by this version; allowed: {', '.join(OFFERED)}"
    )


def press_for(
    transport: str,
    *,
    profile: str,
    host: str = "",
    port: int = 9100,
    device: str = "",
    deadline_s: float = 5.0,
    paper_dir: Path,
) -> Press:
    """A press on the named transport and profile. Nothing is opened yet.

    ``paper_dir`` is where the virtual printer puts its papers. Raises
    :class:`~printer.errors.TransportNotOffered` and :class:`~printer.errors.ProfileError`, both naming what
    is allowed.
    """
    loaded = profiles.load(profile)
    way = transport_for(transport, profile=loaded, host=host, port=port, device=device, paper_dir=paper_dir)
    return Press(way, loaded, deadline_s)
