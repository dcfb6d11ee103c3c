"""Short personal links: their codes, where they lead, who opened them, and what is counted."""
