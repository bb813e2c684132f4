"""If the year were evaluated today: points that are safe, lost, or at risk, and what settles each."""
