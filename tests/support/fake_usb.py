"""A USB bus in software, behind pyusb's own backend interface: pyusb itself is real in the tests.

Devices answer with a virtual printer, or are scripted: take only so many bytes, be pulled after so many, answer
after so many empty reads, stall, be forbidden or held by another program.
"""

from __future__ import annotations

import array
import errno
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

from printer.virtual.device import VirtualPrinter
from printer.virtual.faults import Fault

BULK = 0x02
INTERRUPT = 0x03


@dataclass
class Alternate:
    """One alternate setting of one interface. ``endpoints`` are addresses; 0x80 and up are IN."""

    number: int = 0
    setting: int = 0
    cls: int = 7
    protocol: int = 2
    endpoints: tuple[int, ...] = (0x01, 0x82)
    attributes: int = BULK


@dataclass
class UsbDevice:
    """One device on the bus, and its script."""

    vendor: int = 0x04B8
    product: int = 0x0E15
    serial: str = ""
    bus: int = 1
    address: int = 4
    port: int = 2
    alternates: list[Alternate] = field(default_factory=lambda: [Alternate()])
    configuration: int = 1
    kernel_driver: bool = True
    virtual: VirtualPrinter | None = None
    packet: int = 64
    port_byte: int | None = 0x18
    """Its port's status while it has paper; None: the request stalls."""
    restarts: int = 0
    """Restarts of the virtual printer that the handle in use has seen."""
    deny: bool = False
    busy: bool = False
    takes: int | None = None
    """Bytes it takes before it answers NAK to all that follows."""
    pull_after: int | None = None
    """Bytes after which its cable is pulled."""
    stalled: set[int] = field(default_factory=set)
    empty_reads: int = 0
    """Reads that come back empty before it says anything."""

    plugged: bool = True
    received: bytearray = field(default_factory=bytearray)
    replies: bytearray = field(default_factory=bytearray)
    handles: int = 0
    claimed: set[int] = field(default_factory=set)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    timeouts: list[int] = field(default_factory=list)

    def groups(self) -> list[list[Alternate]]:
        """Alternate settings by interface, as descriptors are indexed."""
        numbers = sorted({alternate.number for alternate in self.alternates})
        return [[a for a in self.alternates if a.number == number] for number in numbers]

    def said(self, *what: str) -> list[tuple[Any, ...]]:
        """The calls of these kinds, in order."""
        return [call for call in self.calls if call[0] in what]


class FakeBackend(usb.backend.IBackend):  # type: ignore[misc]
    """The bus. ``devices`` can be changed at any time: that is plugging and unplugging."""

    def __init__(self, *devices: UsbDevice) -> None:
        self.devices = list(devices)

    def unplug(self, device: UsbDevice) -> None:
        """Pull the cable of ``device``."""
        device.plugged = False
        self.devices.remove(device)

    @property
    def handles(self) -> int:
        """Devices that are open."""
        return sum(device.handles for device in self.devices)

    # --- descriptors --------------------------------------------------------------------------------------

    def enumerate_devices(self) -> Any:
        return [device for device in self.devices if not (device.virtual and _gone(device.virtual))]

    def get_parent(self, dev: UsbDevice) -> None:
        return None

    def get_device_descriptor(self, dev: UsbDevice) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=dev.vendor, idProduct=dev.product, bcdDevice=0x100, iManufacturer=0,
            iProduct=0, iSerialNumber=3 if dev.serial else 0, bNumConfigurations=1, address=dev.address,
            bus=dev.bus, port_number=dev.port, port_numbers=(dev.port,), speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: UsbDevice, config: int) -> Any:
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=len(dev.groups()), bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: UsbDevice, intf: int, alt: int, config: int) -> Any:
        alternate = dev.groups()[intf][alt]
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=alternate.number, bAlternateSetting=alternate.setting,
            bNumEndpoints=len(alternate.endpoints), bInterfaceClass=alternate.cls, bInterfaceSubClass=1,
            bInterfaceProtocol=alternate.protocol, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: UsbDevice, ep: int, intf: int, alt: int, config: int) -> Any:
        alternate = dev.groups()[intf][alt]
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=alternate.endpoints[ep],
            bmAttributes=alternate.attributes, wMaxPacketSize=dev.packet, bInterval=0, bRefresh=0,
            bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    # --- the device ---------------------------------------------------------------------------------------

    def open_device(self, dev: UsbDevice) -> UsbDevice:
        _there(dev)
        if dev.deny:
            raise usb.core.USBError("Access denied (insufficient permissions)", -3, errno.EACCES)
        dev.handles += 1
        dev.restarts = dev.virtual.resets if dev.virtual else 0
        return dev

    def close_device(self, dev_handle: UsbDevice) -> None:
        dev_handle.handles -= 1

    def get_configuration(self, dev_handle: UsbDevice) -> int:
        _there(dev_handle)
        return dev_handle.configuration

    def set_configuration(self, dev_handle: UsbDevice, config_value: int) -> None:
        dev_handle.calls.append(("set_configuration", config_value))
        dev_handle.configuration = config_value

    def reset_device(self, dev_handle: UsbDevice) -> None:
        dev_handle.calls.append(("reset",))

    def set_interface_altsetting(self, dev_handle: UsbDevice, intf: int, altsetting: int) -> None:
        dev_handle.calls.append(("altsetting", intf, altsetting))

    def claim_interface(self, dev_handle: UsbDevice, intf: int) -> None:
        _there(dev_handle)
        if dev_handle.busy or dev_handle.kernel_driver:
            raise usb.core.USBError("Resource busy", -6, errno.EBUSY)
        dev_handle.calls.append(("claim", intf))
        dev_handle.claimed.add(intf)

    def release_interface(self, dev_handle: UsbDevice, intf: int) -> None:
        dev_handle.claimed.discard(intf)
        _there(dev_handle)
        dev_handle.calls.append(("release", intf))

    def is_kernel_driver_active(self, dev_handle: UsbDevice, intf: int) -> bool:
        _there(dev_handle)
        return dev_handle.kernel_driver

    def detach_kernel_driver(self, dev_handle: UsbDevice, intf: int) -> None:
        dev_handle.calls.append(("detach", intf))
        dev_handle.kernel_driver = False

    def attach_kernel_driver(self, dev_handle: UsbDevice, intf: int) -> None:
        _there(dev_handle)
        dev_handle.calls.append(("attach", intf))
        dev_handle.kernel_driver = True

    def clear_halt(self, dev_handle: UsbDevice, ep: int) -> None:
        dev_handle.calls.append(("clear_halt", ep))
        dev_handle.stalled.discard(ep)

    def ctrl_transfer(
        self, dev_handle: UsbDevice, kind: int, request: int, value: int, index: int, data: Any, timeout: int
    ) -> int:
        _there(dev_handle)
        if (kind, request) == (0xA1, 1):
            if dev_handle.port_byte is None:
                raise usb.core.USBError("Pipe error", -9, errno.EPIPE)
            out = dev_handle.virtual is not None and Fault.PAPER_OUT in dev_handle.virtual.faults
            data[0] = dev_handle.port_byte | (0x20 if out else 0)
            return 1
        assert (kind, request) == (0x80, 6), (
            "of control transfers only descriptors and the port's status are read"
        )
        dev_handle.timeouts.append(timeout)
        text = b"\x09\x04" if value & 0xFF == 0 else dev_handle.serial.encode("utf-16-le")
        answer = bytes((len(text) + 2, 3)) + text
        data[: len(answer)] = array.array("B", answer)
        return len(answer)

    def bulk_write(self, dev_handle: UsbDevice, ep: int, intf: int, data: Any, timeout: int) -> int:
        dev = dev_handle
        self._check(dev, ep, intf, timeout)
        chunk = bytes(data)
        if dev.pull_after is not None and len(dev.received) + len(chunk) > dev.pull_after:
            self.unplug(dev)
            _there(dev)
        room = len(chunk) if dev.takes is None else min(len(chunk), dev.takes - len(dev.received))
        taken = self._hand_over(dev.virtual, chunk[:room], timeout) if dev.virtual else room
        dev.received += chunk[:taken]
        _there(dev)
        if taken < len(chunk):
            if not dev.virtual:
                time.sleep(timeout / 1000)  # NAK until the host's patience ends
            if not taken:
                raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        return taken

    def _hand_over(self, printer: VirtualPrinter, chunk: bytes, timeout: int) -> int:
        """As many bytes as it takes in that time."""
        taken, deadline, restarts = 0, time.monotonic() + timeout / 1000, printer.resets
        while taken < len(chunk):
            taken += (now := printer.receive(chunk[taken:]))
            if _gone(printer) or printer.resets != restarts:
                break
            if not now and not printer.wait(lambda: printer.room > 0 or _gone(printer), deadline):
                break
        return taken

    def bulk_read(self, dev_handle: UsbDevice, ep: int, intf: int, buff: Any, timeout: int) -> int:
        dev = dev_handle
        self._check(dev, ep, intf, timeout)
        if dev.empty_reads:
            dev.empty_reads -= 1
            return 0
        if dev.virtual:
            deadline = time.monotonic() + timeout / 1000
            dev.replies += dev.virtual.take_replies()
            while not dev.replies and dev.virtual.speaking and time.monotonic() < deadline:
                dev.virtual.wait(
                    lambda: False, min(deadline, time.monotonic() + (dev.virtual.pause or 0.001))
                )
                dev.replies += dev.virtual.take_replies()
        answer = bytes(dev.replies[: dev.packet])
        if not answer:
            time.sleep(timeout / 1000)
            raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        if len(answer) > len(buff):
            raise usb.core.USBError("Overflow", -8, errno.EOVERFLOW)
        del dev.replies[: len(answer)]
        buff[: len(answer)] = array.array("B", answer)
        return len(answer)

    def _check(self, dev: UsbDevice, ep: int, intf: int, timeout: int) -> None:
        assert dev.handles, "a transfer on a handle that is closed"
        assert intf in dev.claimed, "a transfer on an interface that is not ours"
        assert 0 < timeout <= 60_000, f"{timeout} ms: 0 is for ever"
        dev.timeouts.append(timeout)
        _there(dev)
        if ep in dev.stalled:
            raise usb.core.USBError("Pipe error", -9, errno.EPIPE)


def _gone(printer: VirtualPrinter) -> bool:
    return Fault.UNPLUGGED in printer.faults


def _there(dev: UsbDevice) -> None:
    restarted = dev.virtual is not None and dev.handles > 0 and dev.virtual.resets != dev.restarts
    if not dev.plugged or restarted or (dev.virtual and _gone(dev.virtual)):
        raise usb.core.USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)
