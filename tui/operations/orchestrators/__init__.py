"""What runs the releases of apps: verbs know `base`, and each module beside it is one way of running them."""
