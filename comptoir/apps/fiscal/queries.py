"""What others may ask of fiscal."""
