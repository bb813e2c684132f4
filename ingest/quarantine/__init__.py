"""Rows that were not imported: kept, exported to be mended, settled."""
