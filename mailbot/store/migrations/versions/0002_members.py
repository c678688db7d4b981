"""The members' directory, and the other names of each member."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables. Their constraints are named by ``tables.NAMES``."""
    op.create_table(
        "members",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("acronym", sa.Text, nullable=False),
        sa.Column("website", sa.Text, nullable=False),
        sa.Column("since", MOMENT),
        sa.Column("until", MOMENT),
    )
    op.create_table(
        "member_names",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("member_id", sa.Integer, sa.ForeignKey("members.id"), nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
    )
