"""What the one port serves beside the dashboard: the HTTP API, Twilio's webhooks, pictures, reports, health.

* `start`       settings, ledger and the refusal of an unsafe start, in sentences
* `web`         the routes, the middleware and the life of the processes beside the server
* `exposure`    which host may reach which path
"""
