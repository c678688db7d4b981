"""Stories about the store, on a real SQLite file."""
