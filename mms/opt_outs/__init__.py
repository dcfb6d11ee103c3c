"""Work on the suppression list: what people say (replies, by phone), search, history, import and export.

* `keywords`   what a reply asks for
* `replies`    inbound messages: opt-outs and answers
* `changes`    by hand: add and remove
* `listing`    search and history
* `exchange`   import with preview, export

The list itself is `mms.ledger.opt_outs`; every change leaves a line in its history.
"""
