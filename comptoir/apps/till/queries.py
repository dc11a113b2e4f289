"""What others may ask of till."""
