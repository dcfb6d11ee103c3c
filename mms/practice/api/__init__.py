"""The routes: Twilio's own under `/2010-04-01` and `/v1`, and those of the stand-in under `/practice`."""
