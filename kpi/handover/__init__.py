"""What is handed over to those who evaluate: workbooks."""
