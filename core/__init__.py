"""What orchestrator and worker share: the plan, the ledger, the artifacts, and the science."""
