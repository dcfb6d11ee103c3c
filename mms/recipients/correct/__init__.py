"""Rows to correct, out as a file and back in again."""
