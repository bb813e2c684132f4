"""Surveys: a questionnaire as data, its answers, and what may be said of them."""
