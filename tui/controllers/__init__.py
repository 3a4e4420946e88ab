"""From a chosen command to its deed: one class for each noun, each with the commands that it carries out."""
