"""Two or three versions of a message on some of the list: the draw, what each brought, and which one the rest gets."""
