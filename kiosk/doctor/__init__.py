"""The doctor: how this machine is, item by item, each with the remedy. No Kivy, no SQL, no HTTP library here.

``examine(machine)`` runs every check beside the others, each within its deadline, and always returns a report.
``summary(report)`` is what a heartbeat carries of it; ``Rounds`` makes one every quarter of an hour on its own thread.
"""

from kiosk.doctor.examine import TOTAL_S, examine
from kiosk.doctor.finding import Finding, Level, Report, Said, say
from kiosk.doctor.machine import Machine
from kiosk.doctor.rounds import Rounds
from kiosk.doctor.summary import Summary, summary

__all__ = [
    "TOTAL_S",
    "Finding",
    "Level",
    "Machine",
    "Report",
    "Rounds",
    "Said",
    "Summary",
    "examine",
    "say",
    "summary",
]
