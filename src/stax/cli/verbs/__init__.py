"""What each command does: parse is done, so call and render."""
