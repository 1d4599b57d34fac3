"""A stored run handed to an experiment tracker: MLflow, Weights & Biases."""
