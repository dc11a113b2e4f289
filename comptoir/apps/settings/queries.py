"""What others may ask of settings."""
