"""`hotline demo`: the demonstration and the sample year that it shows."""
