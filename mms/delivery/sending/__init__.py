"""One run of a sender: lease, claim, keep pace, ask, record; and what slows it or stops it."""
