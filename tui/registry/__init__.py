"""The API of registries (OCI Distribution Specification 1.1)."""
