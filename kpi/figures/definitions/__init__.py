"""Definitions as data: documents, the versions a centre adopted, what a change does.

`in_force.definitions_for` gives a centre's definitions; `document` and `reading` turn an indicator into a
document and back.
"""
