"""What people tell without a file: voidings, zero reports, declarations."""
