"""What is published: which rows, as which bytes, on which pages, in which files."""
