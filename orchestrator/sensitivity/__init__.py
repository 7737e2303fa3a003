"""What pruning each layer by itself costs: numbers, files, and the layer rules that they suggest."""
