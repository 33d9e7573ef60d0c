"""Runs the migrations on the connection handed in, or on DATABASE_URL; knows the metadata and no Flask."""

import os

from alembic import context
from sqlalchemy import Connection

from sme_tracker.db import make_engine
from sme_tracker.tables import METADATA


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with make_engine(os.environ["DATABASE_URL"]).connect() as fresh:
        run(fresh)
