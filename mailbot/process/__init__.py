"""The case and its way: pure. Events go in, a new case and what should follow come out."""
