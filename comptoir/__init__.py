"""Comptoir: point of sale with commercial management for French and Belgian shops."""

__version__ = "0.1.0"
