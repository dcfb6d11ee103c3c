"""The parts of a campaign's page: live figures, controls, rows, what to do with the rest."""
