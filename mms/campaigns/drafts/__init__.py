"""What is being written: drafts, uploads, saved messages, the sample."""
