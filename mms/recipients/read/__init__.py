"""From the bytes that somebody chose to a table of text cells."""
