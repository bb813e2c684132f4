"""What a figure is made of: counts by hour, unit, age and day, from the same measures as the figure."""
