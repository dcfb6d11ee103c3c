"""The parts of the Lists page, one module each."""
