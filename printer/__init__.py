"""An ESC/POS library for printers nobody watches: slip → bytes → transport → verdict.

It knows nothing of kiosks. A :class:`~printer.slip.Slip` says what is on the paper, :mod:`printer.encode`
turns it into bytes for one :class:`~printer.profiles.Profile`, a transport carries them within a deadline,
and :class:`~printer.press.Press` gives a :class:`~printer.press.Verdict` that never claims more than the
printer said.
"""
