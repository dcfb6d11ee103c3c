"""Words that people text to come onto a list: consent with its time, words and number, and a welcome.

* `words`     which words there are, and what may be one
* `handling`  the periodic work over replies, wherever they came from: each is taken once
* `printing`  the `sms:` link and the QR code for posters
"""
