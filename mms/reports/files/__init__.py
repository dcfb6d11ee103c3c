"""What leaves as a file: report, workbook, selection, summary."""
