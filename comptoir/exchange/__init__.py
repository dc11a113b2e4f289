"""Adapters to the world outside: files in, files out, other systems."""
