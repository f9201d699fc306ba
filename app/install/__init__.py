"""What `make setup` does: decides between GPU and CPU builds and installs them. Standard library only."""
