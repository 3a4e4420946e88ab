"""What people do to containers and images beside releases."""
