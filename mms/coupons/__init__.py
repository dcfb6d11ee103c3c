"""Coupon codes: pools, giving each code to one person, putting it back, and what was redeemed.

* `pools`        names, counts, codes from a file
* `making`       codes made by us: unguessable, without look-alike letters
* `giving`       in the launch's own transaction; back when the row surely did not go out
* `redemptions`  what the till says afterwards
"""
