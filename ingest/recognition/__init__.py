"""Understanding a table: its header, kind, columns and units, and what it says of itself."""
