"""Who may do what, and who did what: roles, a second person's word, signed links, the audit trail."""
