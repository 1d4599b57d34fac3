"""Training the networks: pictures, experiments, the loop, what is written afterwards."""
