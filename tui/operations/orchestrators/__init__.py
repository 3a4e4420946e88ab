"""What runs the releases of apps: each module is a way of running them, as `deploying.orchestrator` asks."""
