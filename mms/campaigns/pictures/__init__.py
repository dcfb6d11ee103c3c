"""The pictures of a campaign: hosted, checked, and checked once more before the start."""
