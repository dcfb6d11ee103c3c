"""One person across campaigns, and numbers that can never be reached."""
