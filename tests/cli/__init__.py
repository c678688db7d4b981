"""Stories about the commands, run in this process against the embedded servers."""
