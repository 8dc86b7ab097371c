"""The store: `Database.begin()` gives a transaction; one module per noun holds its queries. No rules live here."""
