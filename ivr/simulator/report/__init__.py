"""Reports of replayed calls: a page to read, JUnit for build servers, JSON for everything else."""
