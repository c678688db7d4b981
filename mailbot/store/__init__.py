"""What the bot remembers: tables, the queries on them, and their migrations."""

import logging

# Alembic tells of its own plugins at INFO, from the moment it is imported
logging.getLogger("alembic").setLevel(logging.WARNING)
