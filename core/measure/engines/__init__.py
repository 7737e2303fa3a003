"""Engines that run a network: each behind the same two calls, heavy packages imported only when they are used."""
