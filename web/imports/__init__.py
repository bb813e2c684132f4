"""The import wizard behind its pages: uploaded files on their way to the log, step by step."""
