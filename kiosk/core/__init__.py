"""Rules only: catalogue, opening hours, numbers, tickets, the visit. No I/O, no Kivy, no clock of its own."""
