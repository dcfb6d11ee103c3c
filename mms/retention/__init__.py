"""How long people's data is kept, and what one person may ask for.

* `policy`   after how many days old campaigns lose their numbers and texts, by schedule and by hand
* `purge`    what is cleared; counts stay
* `person`   export and erasure of everything about one number
"""
