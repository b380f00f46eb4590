"""What may stand in a rulebook's files, as pydantic models, from which its JSON Schema is made too; a noun a file."""
