"""Sends that come again by themselves (each a campaign of its own), and series of messages with days between.

* `rhythm`    when the next one is due, in local time; pure
* `sends`     what is planned: set up, approved, paused, deleted; and its runs
* `starting`  the periodic work that makes campaigns of what is due, each once
"""
