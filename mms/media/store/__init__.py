"""Where hosted pictures lie and how they are named."""
