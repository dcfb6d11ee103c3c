"""What a campaign will cost, and what it has cost."""
