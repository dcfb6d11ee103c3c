"""What the practice Twilio does with a message: rules, refusals, outcomes, replies, faults."""
