"""Work on campaigns: draft, check, launch, control, retry. Entrances call in here; nothing here sends.

* `drafts`          what is to be sent: the typed content of a draft, stored as a person types; the checked file
* `launch`          from a checked list to rows in the ledger, once per request key
* `pictures`        the pictures of a campaign: looked at, hosted, drawn
* `single_message`  one message (test, API) as a campaign of one row
* `controls`        pause, resume, cancel, move in the queue, change the rate
* `retry`           a new campaign of the rows worth trying again
* `records`         campaigns as values
"""
