"""Formats for other programs to read."""
