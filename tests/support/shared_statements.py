"""Compiles a statement once for all engines of a test process: nearly every test has a ledger and an engine of its own,
and compiled what it asks again, in a fifth of its processor time."""

from collections.abc import Callable

from sqlalchemy import Engine


def sharing(create_engine: Callable[..., Engine]) -> Callable[..., Engine]:
    """Return `create_engine`, whose engines of one database share their dialect and what was compiled for it.

    SQLAlchemy's `compiled_cache` option would not do: dialect objects are part of its keys. Should a later version keep
    its statements under another name than `_compiled_cache`, every engine compiles for itself again.
    """
    first: dict[str, Engine] = {}

    def shared(*arguments: object, **options: object) -> Engine:
        engine = create_engine(*arguments, **options)
        known = first.get(engine.dialect.name)
        if known is None or known.dialect.server_version_info is None:  # it never reached its server
            first[engine.dialect.name] = engine
        else:
            engine.dialect, engine._compiled_cache = known.dialect, known._compiled_cache
        return engine

    return shared
