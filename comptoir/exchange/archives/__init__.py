"""Fiscal archives: a signed zip per period that can be read and verified without Comptoir."""
