"""What is handed over of an evaluation: the workbook, the report, the forms."""
