"""Ways to a printer: bounded writes, a read side, a deadline on every call."""
