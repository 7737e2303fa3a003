"""The queue: the Celery app, hints, and the embedded Valkey server. The only room that imports celery."""
