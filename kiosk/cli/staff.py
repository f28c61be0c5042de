"""``main.py staff``: who may open the staff's part of the kiosk, for technicians at the terminal.

A PIN is typed, never an argument: arguments are seen by everybody on the machine and stay in the shell's history.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from kiosk.cli.context import open_context
from kiosk.cli.faults import Refused

if TYPE_CHECKING:
    from kiosk.store import People

NOT_KNOWN: Final = "E-STF-02"
NAME_REFUSED: Final = "E-STF-03"
PINS_DIFFER: Final = "E-STF-04"
WHO: Final = "command"
LONGEST_NAME: Final = 40


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "staff", help="who has a PIN for the kiosk: list, add, pin, remove, unlock"
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", parents=[common], help="everybody with a PIN, and the door's state")
    listing.add_argument("--json", action="store_true", help="one JSON document on standard output")
    listing.set_defaults(run=list_people)
    named = argparse.ArgumentParser(add_help=False)
    named.add_argument("name", metavar="NAME", help="as the audit trail is to call this person")
    add = actions.add_parser("add", parents=[common, named], help="add somebody; asks for the PIN twice")
    add.add_argument(
        "--role", choices=("staff", "technician"), default="staff", help="what they may do (default: staff)"
    )
    add.set_defaults(run=add_person)
    pin = actions.add_parser("pin", parents=[common, named], help="give somebody another PIN")
    pin.set_defaults(run=set_pin)
    remove = actions.add_parser("remove", parents=[common, named], help="take somebody's PIN away")
    remove.set_defaults(run=remove_person)
    unlock = actions.add_parser("unlock", parents=[common], help="forget wrong PINs: the door opens again")
    unlock.set_defaults(run=unlock_door)


def list_people(options: argparse.Namespace) -> int:
    """Print everybody with their role, wrong PINs in a row, and whether the kiosk is locked."""
    with _people(options) as people:
        everybody, tries, lock = people.all(), people.lockout().failures, people.kiosk_lock()
    if options.json:
        locked = {"why": lock.pause.value, "until": lock.until and lock.until.isoformat()} if lock else None
        rows = [{"name": person.name, "role": person.role.value} for person in everybody]
        print(json.dumps({"people": rows, "wrong_pins": tries, "kiosk_lock": locked}))
        return 0
    for person in everybody:
        print(f"{person.role.value:12} {person.name}")
    print(f"{len(everybody)} people; {tries} wrong PINs in a row")
    if lock is not None:
        until = lock.until.isoformat(timespec="minutes") if lock.until else "somebody unlocks it"
        print(f"the kiosk is locked ({lock.pause.value}) until {until}")
    return 0


def add_person(options: argparse.Namespace) -> int:
    """Add somebody with a PIN of their own."""
    from kiosk.core.staff import Person, Role
    from kiosk.staff.door import enrol
    from kiosk.store.people import MOST_PEOPLE

    name = " ".join(options.name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Refused(NAME_REFUSED, f"{options.name!r}: a name has 1 to {LONGEST_NAME} letters")
    with _people(options) as people:
        if people.find(name) is not None:
            raise Refused(NAME_REFUSED, f"{name!r} is there already; another PIN: main.py staff pin")
        if len(people.all()) >= MOST_PEOPLE:
            raise Refused(NAME_REFUSED, f"{MOST_PEOPLE} people are known, which is all there is room for")
        with _pin_refusals():
            enrol(people, Person(name, Role(options.role)), _ask_pin(), WHO)
    print(f"{name}: {options.role}")
    return 0


def set_pin(options: argparse.Namespace) -> int:
    """Give somebody another PIN."""
    from kiosk.staff.door import change_pin

    with _people(options) as people:
        _known(people, options.name)
        with _pin_refusals():
            change_pin(people, options.name, _ask_pin(), WHO)
    print(f"{options.name}: another PIN")
    return 0


def remove_person(options: argparse.Namespace) -> int:
    """Take somebody's PIN away."""
    with _people(options) as people:
        _known(people, options.name)
        people.remove(options.name, WHO)
    print(f"{options.name}: removed")
    return 0


def unlock_door(options: argparse.Namespace) -> int:
    """Forget the wrong PINs."""
    with _people(options) as people:
        people.open_door(WHO)
    print("the door takes PINs again")
    return 0


def _known(people: People, name: str) -> None:
    if people.find(name) is None:
        known = ", ".join(person.name for person in people.all()) or "nobody yet"
        raise Refused(NOT_KNOWN, f"nobody is named {name!r}; known: {known}")


def _ask_pin() -> str:
    """Return a PIN typed twice at the terminal, or one line of standard input where that is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    pin = getpass.getpass("PIN (6 to 12 digits): ")
    if getpass.getpass("the same again: ") != pin:
        raise Refused(PINS_DIFFER, "the two PINs differ; nothing was changed")
    return pin


@contextmanager
def _pin_refusals() -> Iterator[None]:
    from kiosk.staff.pins import PinRefused

    try:
        yield
    except PinRefused as error:
        raise Refused(error.code, str(error).removeprefix(f"{error.code}: ")) from error


@contextmanager
def _people(options: argparse.Namespace) -> Iterator[People]:
    """Open the store, also beside a kiosk that runs."""
    from kiosk.cli.desk_faults import as_refusal
    from kiosk.desk_setup import open_store
    from kiosk.store import People

    context = open_context(options)
    with as_refusal():
        store = open_store(context.state, context.site_data, context.clock)
        try:
            yield People(store)
        finally:
            store.close()
