"""What machines use: deliveries by HTTP, and the description of it."""
