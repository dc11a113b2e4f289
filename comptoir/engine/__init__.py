"""Every amount of Comptoir is computed here, by the same files on CPython and on MicroPython.

Only integers (cents, thousandths, ten-thousandths), no clock, no random, no input or output: see `door.py` for the
way in.
"""
