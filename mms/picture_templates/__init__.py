"""A picture for each person: a background with layers of text, codes and pictures, drawn and read back."""
