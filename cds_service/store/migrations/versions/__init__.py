"""One file a step, named by its number; a step that is out is never changed."""
