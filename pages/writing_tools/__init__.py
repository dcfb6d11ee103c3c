"""What stands above a text box: columns, emoji and sentences put in where the cursor is, undo, and a live count."""
