"""Deliveries that wait for a person's answer, and what they ask."""
