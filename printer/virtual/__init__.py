"""A printer in software: reads ESC/POS as a printer does, draws the paper, answers status, fails on request.

Nothing here is shared with the encoder: it is read from the printers' documents, so that each checks the
other.
"""
