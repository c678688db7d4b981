"""The application form, referees who were asked, ballots and votes, digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and columns. Constraints are named by ``tables.NAMES``."""
    _cases_and_referees()
    _form_and_ballots()
    op.add_column("outgoing", sa.Column("listed", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("timers", sa.Column("listed_at", MOMENT))
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("heads", sa.JSON, nullable=False),
        sa.Index("ix_digests_kind_sent_at", "kind", "sent_at"),
    )


def _cases_and_referees() -> None:
    op.add_column("cases", sa.Column("proposed", sa.String(64), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("decided", sa.Text, nullable=False, server_default=""))
    op.add_column("cases", sa.Column("merged_into", sa.String(32), nullable=False, server_default=""))
    op.add_column("referees", sa.Column("organization", sa.Text, nullable=False, server_default=""))
    op.add_column("referees", sa.Column("email", sa.Text, nullable=False, server_default=""))
    op.add_column("referees", sa.Column("key", sa.Text, nullable=False, server_default=""))
    op.add_column("referees", sa.Column("state", sa.String(16), nullable=False, server_default="named"))
    op.add_column("referees", sa.Column("asked", MOMENT))
    op.add_column("referees", sa.Column("reminded", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("referees", sa.Column("words", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_referees_key", "referees", ["key"])


def _form_and_ballots() -> None:
    op.create_table(
        "form_values",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("field", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.UniqueConstraint("case_id", "field"),
    )
    op.create_table(
        "ballots",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("opened", MOMENT, nullable=False),
        sa.Column("closes", MOMENT, nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("paused_at", MOMENT),
        sa.Column("extended", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("away", sa.JSON, nullable=False),
        sa.Column("voters", sa.JSON, nullable=False),
        sa.UniqueConstraint("case_id", "position"),
    )
    op.create_table(
        "votes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("cases.id"), nullable=False, index=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("ballot", sa.Integer, nullable=False),
        sa.Column("voter", sa.Text, nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("letter", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("for_applicant", sa.Text, nullable=False),
        sa.Column("vouched", sa.Boolean, nullable=False),
    )
