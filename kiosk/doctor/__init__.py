"""The doctor: how this machine is, item by item, each with the remedy. No Kivy, no SQL, no HTTP library here.

``examine(machine)`` runs every check beside the others, each within its deadline, and always returns a report.
"""

from kiosk.doctor.examine import TOTAL_S, examine
from kiosk.doctor.finding import Finding, Level, Report, Said, say
from kiosk.doctor.machine import Machine

__all__ = ["TOTAL_S", "Finding", "Level", "Machine", "Report", "Said", "examine", "say"]
