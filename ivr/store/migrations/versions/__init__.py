"""One file for each revision, named ``NNNN_what_it_does.py``."""
