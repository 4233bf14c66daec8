"""How the bundled model is made: texts, voices, telephone lines, network, graph. Needs the training extra (PyTorch)."""
