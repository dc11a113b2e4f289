"""Real sales files played again through a till without a screen."""
