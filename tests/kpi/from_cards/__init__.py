"""Every indicator once more, by plain code written from its card alone.

`centre` draws a centre as its rows would tell of it, `delivered` puts it into the log, and one module a
domain says in `PLAIN` what the cards say of those rows. A module joins by standing here; its `draw_events`
adds events to the centre. None of them knows how the product computes.
"""
