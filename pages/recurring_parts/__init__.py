"""The parts of the page Recurring sends, one module each."""
