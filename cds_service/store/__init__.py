"""What is kept of the answers given."""
