"""What is known of images beyond their bytes, kept where it outlives the journals."""
