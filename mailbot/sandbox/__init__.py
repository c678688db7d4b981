"""Embedded mail servers and the cast of the demo; the tests use the servers too."""
