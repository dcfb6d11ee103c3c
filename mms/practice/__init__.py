"""A stand-in for Twilio on this computer: same wire, same SDK, nothing leaves the machine.

It validates and answers as Twilio documents it, knows nothing of campaigns, and is imported only by what starts it.
"""
