"""The routes of the one port, one module each."""
