"""Copies of the bound dossier: made by a person or once a day, listed, downloaded, grown old."""
