"""Who is writing, and how sure we are of it: pure, given a snapshot of the roster."""
