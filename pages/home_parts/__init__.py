"""Parts of the start page: this month in figures, what goes on, what waits for a person."""
