"""Pages of closing: the year's board, a month with what may be done to it, what came late, who did what."""
