"""View helpers that several pages share. They draw and phrase; what is true comes from `mms`."""
