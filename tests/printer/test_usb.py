"""USB, over a bus in software behind the real pyusb."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable

import pytest
import usb.backend.libusb0
import usb.backend.libusb1
import usb.backend.openusb
from hypothesis import given
from hypothesis import strategies as st

from printer import profiles
from printer.errors import Closed, TimedOut, TransportError, Unreachable
from printer.press import Outcome, Press
from printer.slip import Slip, Text
from printer.status import Cause
from printer.transports.usb import CHUNK, UsbTransport
from printer.transports.usb_ways import Choice
from printer.virtual.device import VirtualPrinter
from printer.virtual.faults import Fault
from printer.virtual.model import Paper
from tests.support.fake_usb import INTERRUPT, Alternate, FakeBackend, UsbDevice

GRACE = 2.0
"""Seconds a call may be late on a busy machine."""


def soon(seconds: float = 2.0) -> float:
    return time.monotonic() + seconds


def opened(backend: FakeBackend, choice: str = "usb") -> UsbTransport:
    transport = UsbTransport(choice, backend=backend)
    transport.open(soon())
    return transport


class Desk:
    """A virtual printer on USB and the papers that came out of it."""

    def __init__(self, **device: object) -> None:
        self.papers: list[Paper] = []
        self.profile = profiles.load("generic-80")
        self.virtual = VirtualPrinter(self.profile.dots, self.papers.append)
        self.device = UsbDevice(virtual=self.virtual, **device)  # type: ignore[arg-type]
        self.backend = FakeBackend(self.device)
        self.press = Press(UsbTransport(backend=self.backend), self.profile, deadline_s=1.0)


SLIP = Slip((Text("Anjungan"),))


# --- a whole job ------------------------------------------------------------------------------------------


def test_a_slip_is_printed_and_the_interface_given_back() -> None:
    desk = Desk()
    verdict = desk.press.print(SLIP)
    assert verdict.outcome is Outcome.PRINTED
    assert len(desk.papers) == 1
    assert desk.device.said("detach", "claim", "release", "attach") == [
        ("detach", 0),
        ("claim", 0),
        ("release", 0),
        ("attach", 0),
    ]
    assert desk.device.kernel_driver
    assert desk.backend.handles == 0


def test_a_printer_without_in_endpoint_is_silent_at_once() -> None:
    desk = Desk(alternates=[Alternate(protocol=1, endpoints=(0x03,))])
    began = time.monotonic()
    verdict = desk.press.print(SLIP)
    assert verdict.outcome is Outcome.UNCONFIRMED
    assert verdict.cause is None
    assert time.monotonic() - began < 0.5 + GRACE
    assert len(desk.papers) == 1


def test_unplugged_in_the_middle_then_plugged_in_elsewhere() -> None:
    desk = Desk(pull_after=100)
    job = b"A" * 5000
    verdict = desk.press.print(job)
    assert verdict.outcome is Outcome.UNCONFIRMED
    assert verdict.cause is Cause.UNREACHABLE
    assert verdict.bytes_sent == CHUNK
    assert desk.device.handles == 0

    assert desk.press.print(SLIP).cause is Cause.UNREACHABLE  # nothing there
    again = UsbDevice(virtual=desk.virtual, bus=2, address=9, port=1)
    desk.backend.devices.append(again)
    assert desk.press.print(SLIP).outcome is Outcome.PRINTED
    assert again.handles == 0
    assert again.kernel_driver


def test_ten_replugs_leave_nothing_open() -> None:
    desk = Desk()
    threads = threading.active_count()
    for address in range(10, 20):
        desk.backend.unplug(desk.device)
        assert desk.press.status().link == "bad"
        desk.device = UsbDevice(virtual=desk.virtual, address=address)
        desk.backend.devices.append(desk.device)
        assert desk.press.print(SLIP).outcome is Outcome.PRINTED
        assert desk.device.handles == 0
    assert len(desk.papers) == 10
    assert threading.active_count() == threads


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (Fault.PAPER_OUT, Cause.PAPER_OUT),
        (Fault.COVER_OPEN, Cause.COVER_OPEN),
        (Fault.OFFLINE, Cause.OFFLINE),
        (Fault.CUTTER, Cause.CUTTER),
        (Fault.ERROR, Cause.ERROR),
    ],
)
def test_trouble_before_the_job_refuses_it(fault: Fault, cause: Cause) -> None:
    desk = Desk()
    desk.virtual.fail(fault)
    verdict = desk.press.print(SLIP)
    assert (verdict.outcome, verdict.cause, verdict.bytes_sent) == (Outcome.NOT_PRINTED, cause, 0)
    desk.virtual.mend()
    assert desk.papers == []
    assert desk.press.print(SLIP).outcome is Outcome.PRINTED
    assert len(desk.papers) == 1


def test_a_silent_printer_prints_unconfirmed() -> None:
    desk = Desk()
    desk.virtual.fail(Fault.SILENT)
    verdict = desk.press.print(SLIP)
    assert (verdict.outcome, verdict.cause) == (Outcome.UNCONFIRMED, None)
    assert len(desk.papers) == 1


def test_paper_that_ends_in_the_middle_is_never_two_papers() -> None:
    desk = Desk()

    class Ends(FakeBackend):
        def bulk_write(self, dev_handle: UsbDevice, ep: int, intf: int, data: object, timeout: int) -> int:
            if len(bytes(data)) > 3:  # type: ignore[call-overload]
                desk.virtual.fail(Fault.PAPER_OUT)
            return super().bulk_write(dev_handle, ep, intf, data, timeout)

    press = Press(UsbTransport(backend=Ends(desk.device)), desk.profile, deadline_s=1.0)
    verdict = press.print(SLIP)
    assert (verdict.outcome, verdict.cause) == (Outcome.UNCONFIRMED, Cause.PAPER_OUT)
    assert verdict.bytes_sent > 0
    assert desk.papers == []
    desk.virtual.mend()
    assert len(desk.papers) <= 1
    assert desk.device.handles == 0


# --- opening ----------------------------------------------------------------------------------------------


def test_a_configured_device_is_neither_configured_nor_reset() -> None:
    device = UsbDevice()
    opened(FakeBackend(device)).close()
    assert device.said("set_configuration", "reset", "altsetting") == []


def test_an_unconfigured_device_is_configured_once() -> None:
    device = UsbDevice(configuration=0, kernel_driver=False)
    transport = opened(FakeBackend(device))
    transport.write(b"x", soon())
    transport.close()
    assert device.said("set_configuration", "reset") == [("set_configuration", 1)]
    assert bytes(device.received) == b"x"


def test_endpoints_come_from_the_descriptors() -> None:
    device = UsbDevice(alternates=[Alternate(endpoints=(0x84, 0x03))], replies=bytearray(b"\x12"))
    transport = opened(FakeBackend(device))
    transport.write(b"abc", soon())
    assert transport.read(64, soon()) == b"\x12"
    transport.close()
    assert bytes(device.received) == b"abc"


def test_only_the_printer_interface_of_a_composite_device_is_taken() -> None:
    device = UsbDevice(
        alternates=[
            Alternate(number=0, cls=3, protocol=0, endpoints=(0x81,), attributes=INTERRUPT),
            Alternate(number=2, cls=7, endpoints=(0x02, 0x83)),
        ]
    )
    transport = opened(FakeBackend(device))
    transport.write(b"x", soon())
    transport.close()
    assert device.said("detach", "claim", "release", "attach") == [
        ("detach", 2),
        ("claim", 2),
        ("release", 2),
        ("attach", 2),
    ]


def test_the_bidirectional_setting_is_chosen_and_ipp_over_usb_left_alone() -> None:
    device = UsbDevice(
        alternates=[
            Alternate(setting=0, protocol=1, endpoints=(0x01,)),
            Alternate(setting=1, protocol=2, endpoints=(0x01, 0x82)),
            Alternate(setting=2, protocol=4, endpoints=(0x01, 0x82)),
        ]
    )
    transport = opened(FakeBackend(device))
    transport.write(b"x", soon())
    transport.close()
    assert device.said("altsetting") == [("altsetting", 0, 1)]


def test_a_vendor_class_printer_is_taken_only_when_named() -> None:
    backend = FakeBackend(
        UsbDevice(vendor=0x0416, product=0x5011, alternates=[Alternate(cls=0xFF, protocol=0)])
    )
    with pytest.raises(Unreachable):
        opened(backend)
    opened(backend, "usb:0416:5011").close()


def test_open_twice_and_close_twice_do_nothing() -> None:
    device = UsbDevice()
    transport = opened(FakeBackend(device))
    transport.open(soon())
    transport.close()
    transport.close()
    assert len(device.said("claim")) == 1
    assert device.handles == 0


def test_nothing_plugged_in() -> None:
    with pytest.raises(Unreachable, match="plugged in and switched on"):
        opened(FakeBackend(UsbDevice(alternates=[Alternate(cls=8)])))


def test_two_printers_are_told_apart_by_name_or_refused() -> None:
    first = UsbDevice(vendor=0x0416, product=0x5011)
    second = UsbDevice(address=5, port=3)
    backend = FakeBackend(first, second)
    with pytest.raises(Unreachable, match=r"usb:0416:5011 at bus 1 port 2, usb:04b8:0e15 at bus 1 port 3"):
        opened(backend)
    opened(backend, "usb:04b8:0e15").close()
    assert second.said("claim")
    assert not first.said("claim")


def test_twins_are_told_apart_by_serial_number() -> None:
    first, second = UsbDevice(serial="AAA1"), UsbDevice(serial="BBB2", address=5)
    backend = FakeBackend(first, second)
    opened(backend, "usb:04b8:0e15:BBB2").close()
    assert second.said("claim")
    assert not first.said("claim")
    assert backend.handles == 0
    assert max(second.timeouts) <= 2000
    with pytest.raises(Unreachable):
        opened(backend, "usb:04b8:0e15:CCC3")
    assert backend.handles == 0


@pytest.mark.parametrize("choice", ["usb", "usb:04b8:0e15:AAA1"])
def test_no_permission_names_the_group_and_the_rule(choice: str) -> None:
    backend = FakeBackend(UsbDevice(serial="AAA1", deny=True))
    with pytest.raises(Unreachable) as caught:
        opened(backend, choice)
    assert "group lp" in str(caught.value)
    assert 'ATTR{idVendor}=="04b8", ATTR{idProduct}=="0e15", GROUP="lp"' in str(caught.value)
    assert backend.handles == 0


def test_a_printer_in_other_hands_is_named_and_given_back() -> None:
    device = UsbDevice(busy=True)
    backend = FakeBackend(device)
    with pytest.raises(Unreachable, match="another program holds usb:04b8:0e15"):
        opened(backend)
    assert device.kernel_driver
    assert backend.handles == 0


def test_a_cable_pulled_while_opening() -> None:
    class Pulled(FakeBackend):
        def detach_kernel_driver(self, dev_handle: UsbDevice, intf: int) -> None:
            self.unplug(dev_handle)
            raise usb.core.USBError("No such device", -4, errno.ENODEV)

    device = UsbDevice()
    with pytest.raises(Unreachable, match="No such device"):
        opened(Pulled(device))
    assert device.handles == 0


def test_a_machine_without_libusb_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (usb.backend.libusb0, usb.backend.libusb1, usb.backend.openusb):
        monkeypatch.setattr(module, "get_backend", lambda: None)
    with pytest.raises(Unreachable, match=r"libusb-1\.0-0"):
        UsbTransport().open(soon())


# --- writing ----------------------------------------------------------------------------------------------


def test_a_printer_that_takes_no_more_is_waited_for_until_the_deadline() -> None:
    device = UsbDevice(takes=CHUNK + 1000)
    transport = opened(FakeBackend(device))
    began = time.monotonic()
    with pytest.raises(TimedOut) as caught:
        transport.write(b"x" * 20_000, soon(0.2))
    assert caught.value.sent == CHUNK + 1000 == len(device.received)
    assert 0.1 < time.monotonic() - began < 0.2 + GRACE
    assert max(device.timeouts) <= 200
    transport.close()
    assert device.handles == 0


def test_a_printer_that_takes_nothing_got_nothing() -> None:
    transport = opened(FakeBackend(UsbDevice(takes=0)))
    with pytest.raises(TimedOut) as caught:
        transport.write(b"x" * 10, soon(0.05))
    assert caught.value.sent == 0
    transport.close()


def test_a_deadline_in_the_past_sends_nothing() -> None:
    device = UsbDevice()
    transport = opened(FakeBackend(device))
    with pytest.raises(TimedOut) as caught:
        transport.write(b"x", time.monotonic() - 1)
    assert caught.value.sent == 0
    assert not device.received
    transport.close()


def test_a_cable_pulled_while_writing_counts_all_that_can_have_left() -> None:
    device = UsbDevice(pull_after=2 * CHUNK)
    transport = opened(FakeBackend(device))
    with pytest.raises(Closed) as caught:
        transport.write(b"x" * (4 * CHUNK), soon())
    assert caught.value.sent == 3 * CHUNK
    assert len(device.received) == 2 * CHUNK
    transport.close()
    assert device.handles == 0
    assert not device.claimed


def test_a_stall_is_cleared_so_that_the_next_job_gets_in() -> None:
    device = UsbDevice(stalled={0x01})
    transport = opened(FakeBackend(device))
    with pytest.raises(Closed) as caught:
        transport.write(b"x", soon())
    assert caught.value.sent == 1
    transport.close()
    transport.open(soon())
    transport.write(b"y", soon())
    transport.close()
    assert bytes(device.received) == b"y"


@given(data=st.binary(max_size=20_000), grains=st.integers(min_value=1, max_value=3000))
def test_short_transfers_lose_and_repeat_nothing(data: bytes, grains: int) -> None:
    class Short(FakeBackend):
        def bulk_write(self, dev_handle: UsbDevice, ep: int, intf: int, data: object, timeout: int) -> int:
            return super().bulk_write(dev_handle, ep, intf, bytes(data)[:grains], timeout)  # type: ignore[call-overload]

    device = UsbDevice()
    transport = opened(Short(device))
    transport.write(data, soon(30))
    transport.close()
    assert bytes(device.received) == data


# --- reading ----------------------------------------------------------------------------------------------


def test_an_answer_after_empty_reads_is_waited_for() -> None:
    device = UsbDevice(empty_reads=5, replies=bytearray(b"\x12"))
    transport = opened(FakeBackend(device))
    assert transport.read(64, soon()) == b"\x12"
    transport.close()


def test_silence_ends_at_the_deadline() -> None:
    transport = opened(FakeBackend(UsbDevice()))
    began = time.monotonic()
    assert transport.read(64, soon(0.1)) == b""
    assert 0.09 < time.monotonic() - began < 0.1 + GRACE
    transport.close()


def test_endless_empty_reads_end_at_the_deadline() -> None:
    transport = opened(FakeBackend(UsbDevice(empty_reads=10**9)))
    assert transport.read(64, soon(0.1)) == b""
    transport.close()


def test_a_deadline_in_the_past_takes_what_is_there() -> None:
    device = UsbDevice(replies=bytearray(b"\x12\x16"))
    transport = opened(FakeBackend(device))
    assert transport.read(64, 0.0) == b"\x12\x16"
    assert transport.read(64, 0.0) == b""
    transport.close()


def test_more_than_was_asked_for_is_kept_for_the_next_read() -> None:
    device = UsbDevice(replies=bytearray(range(10)))
    transport = opened(FakeBackend(device))
    assert transport.read(4, soon()) == bytes(range(4))
    assert transport.read(64, 0.0) == bytes(range(4, 10))
    transport.close()


def test_what_was_kept_does_not_reach_the_next_job() -> None:
    device = UsbDevice(replies=bytearray(range(10)))
    transport = opened(FakeBackend(device))
    transport.read(4, soon())
    transport.close()
    transport.open(soon())
    assert transport.read(64, 0.0) == b""
    transport.close()


def test_a_cable_pulled_while_reading() -> None:
    device = UsbDevice()
    backend = FakeBackend(device)
    transport = opened(backend)
    backend.unplug(device)
    with pytest.raises(Closed):
        transport.read(64, soon())
    transport.close()
    assert device.handles == 0


# --- names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("usb", Choice()),
        ("usb:04b8:0e15", Choice(0x04B8, 0x0E15)),
        ("usb:04B8:0E15:J5:1", Choice(0x04B8, 0x0E15, "J5:1")),
    ],
)
def test_choices(text: str, choice: Choice) -> None:
    assert Choice.parse(text) == choice
    assert UsbTransport(text).name == str(choice) == text.lower().replace("j5", "J5")


@pytest.mark.parametrize(
    "text", ["", "lp0", "/dev/usb/lp0", "usb:", "usb:04b8", "usb:4b8:e15", "usb:04b8:0x15"]
)
def test_what_names_no_printer(text: str) -> None:
    with pytest.raises(ValueError, match="allowed: usb"):
        UsbTransport(text)


@pytest.mark.parametrize(
    "use", [lambda way: way.write(b"x", soon()), lambda way: way.read(1, soon())], ids=["write", "read"]
)
def test_used_before_it_was_opened(use: Callable[[UsbTransport], object]) -> None:
    with pytest.raises(TransportError):
        use(UsbTransport(backend=FakeBackend(UsbDevice())))
