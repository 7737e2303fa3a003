"""What is to be done: grids, cells, stages, digests, the DAG. Pure Python, standard library only."""
