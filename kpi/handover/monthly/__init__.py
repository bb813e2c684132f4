"""The stamped monthly report (盖章月报): one set of data, rendered as DOCX here and as a page in `web`."""
