"""Work on campaigns: draft, check, launch, control, retry. Entrances call in here; nothing here sends.

* `uploads`    store and load the checked file
* `drafts`     what a person has typed so far
* `senders`    the numbers and services a campaign may send from
* `launch`     from a checked list to rows in the ledger, once per request key
* `single`     one message (test, API) as a campaign of one row
* `controls`   pause, resume, cancel, move in the queue, change the rate
* `retry`      a new campaign of the rows worth trying again
* `already`    was this sent before, and who got something lately
* `records`    campaigns as values
"""
