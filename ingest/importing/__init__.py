"""A file on its way into the log: read, checked, counted, reported, and tried before."""
