"""Many campaigns: the list, their metrics side by side, alerts."""
