"""What others may ask of treasury."""
