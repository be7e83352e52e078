"""The sandbox: try the service on a patient, and see why it answers as it does."""
