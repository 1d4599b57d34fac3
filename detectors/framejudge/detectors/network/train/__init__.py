"""Training the networks: pictures, the loop, what is written afterwards."""
