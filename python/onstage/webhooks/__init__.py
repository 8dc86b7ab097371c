"""Webhooks on their way: signed, sent in order, tried again. What is written of it is written by `actions/`."""
