"""What Alembic runs: the steps, on the connection and within the transaction that `store.schema` has opened."""

from alembic import context

from cds_service.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
