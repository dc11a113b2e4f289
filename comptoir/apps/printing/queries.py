"""What others may ask of printing."""
