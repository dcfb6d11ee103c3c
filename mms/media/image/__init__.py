"""Pictures decoded under limits, and made fit for phones."""
