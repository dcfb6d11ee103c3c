"""The steps of a new campaign, one module each; `pages/new_campaign.py` turns the leaves."""
