"""Tells people outside the app that a campaign ended, stopped, or waits for them: e-mail, Slack, Teams and others.

The addresses are `MMS_NOTIFY_URLS`, read by Apprise. What is to be told stands in the ledger before it is told.
"""
