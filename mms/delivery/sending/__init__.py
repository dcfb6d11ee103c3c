"""One run of a sender: lease, claim, keep rate_limiter, ask, record; and what slows it or stops it."""
