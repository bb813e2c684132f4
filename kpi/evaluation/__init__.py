"""The year-end evaluation: schemes as data, their rules, scores, claims and surveys."""
