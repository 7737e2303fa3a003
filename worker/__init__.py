"""The side that computes: a Celery worker that never imports torch, and one warm trainer per device."""
