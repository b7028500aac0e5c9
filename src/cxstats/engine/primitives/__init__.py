"""The SQL of each primitive, written once; dialects fill in where they differ."""
