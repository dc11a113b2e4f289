"""What others may ask of parties."""
