"""From a graph to a result: plans for one image and for batches, threads, executable memory."""
