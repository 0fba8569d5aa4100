"""Programs that put syndicator to work on much real data, and count."""
