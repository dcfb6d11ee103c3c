"""What an operator does beside the app: backup and restore of an installation on SQLite."""
