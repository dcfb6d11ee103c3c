"""The pre-flight: would Twilio take this link?"""
