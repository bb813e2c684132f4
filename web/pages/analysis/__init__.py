"""What lies behind the figures, for those who manage: calls by hour, orders, people, payments, arrivals."""
