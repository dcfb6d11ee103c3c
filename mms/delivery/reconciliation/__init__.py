"""What became of requests without an answer: Twilio's log is asked, then a person."""
