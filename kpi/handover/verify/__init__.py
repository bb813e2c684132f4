"""Checks an evidence package alone: no database, no server, no network, nothing of the centre's system."""
