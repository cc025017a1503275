"""What is kept: journals, the ledger, ticket drafts; the worker's durable steps."""
