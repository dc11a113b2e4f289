"""What others may ask of catalog."""
