"""An app on several engines: one deploy that goes to all of them in waves, and one way back."""
