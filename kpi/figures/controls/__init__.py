"""Control totals of bodies outside held against the log; and where different systems disagree."""
