"""One file for each thing that is looked at; see ``kiosk.doctor.examine.CHECKS``."""
