"""Who may do what, and who did what: sign-in, a second person's word, signed links, the audit trail."""
