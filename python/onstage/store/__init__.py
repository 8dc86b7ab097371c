"""The store: `Database.begin()` gives a transaction; one module per noun holds its queries. No rules live here.

To build a statement costs as much as to run it. One that is run often and always has the same shape is built once,
above the function that runs it, and gets its values as parameters. One whose shape depends on what is asked, or that
is rare, is built where it is run.

Parameters of an update that have the name of a column are the column's new values; those that say which rows are meant
have names that no column has. A parameter that is None is equal to nothing in SQL, and no `IS NULL`.
"""
