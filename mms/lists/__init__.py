"""Lists of people that stay: saved, merged with later files by E.164, asked by conditions (segments), sent to.

* `saved_lists`   names and columns of lists
* `merging`       a checked file into a list: shown first, then done in one transaction
* `people`        the people of a list, a page at a time, with what the ledger knows about each
* `conditions`    what a segment asks for, as SQL
* `segments`      conditions under a name
* `audience`      a list or a segment as an upload, which a campaign is made of
"""
