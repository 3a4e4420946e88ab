"""A simulated Docker Engine on a private socket."""
