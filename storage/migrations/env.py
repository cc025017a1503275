"""Alembic's entry: the connection is given by `storage.migrate`, already inside its transaction."""

from alembic import context

import storage.account_tables
import storage.assessment_tables
import storage.intake_tables
import storage.knowledge_tables
import storage.notice_tables
import storage.ticket_tables  # noqa: F401  # each file of tables adds its own to `metadata`
from storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False)
context.run_migrations()
