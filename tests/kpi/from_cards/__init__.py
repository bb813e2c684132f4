"""Every indicator once more, by plain code written from its card alone.

`centre` draws a centre as its rows would tell of it, `delivered` puts it into the log, and one module a
domain says what the cards say of those rows. None of them knows how the product computes.
"""
