"""The Engine API's requests, one file per noun."""
