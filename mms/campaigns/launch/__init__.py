"""From a draft to a campaign that the worker sends."""
