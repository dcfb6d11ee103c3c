"""The ledger as tables for analysis: their schema, and how they are read."""
