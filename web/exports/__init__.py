"""Files made in the background to be downloaded: what can be made, how, and what became of it."""
