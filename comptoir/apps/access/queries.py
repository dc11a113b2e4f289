"""What others may ask of access."""
