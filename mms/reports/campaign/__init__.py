"""One campaign's counts, progress, rows and failures."""
