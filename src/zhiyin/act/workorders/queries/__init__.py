"""Reads about work orders."""
