"""Pictures and other media: would Twilio take this link, and pictures from the person's own computer.

`preflight` asks a link what Twilio will ask; `addresses` keeps that from becoming a way into a private network;
`pictures` and `store` make a hosted picture from a file. Nothing here touches the database: callers keep verdicts.
"""
