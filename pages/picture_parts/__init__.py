"""The parts of the page of picture templates and coupon codes."""
