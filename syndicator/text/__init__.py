"""What is known about text, addresses, people, dates and words, for stages and all above them.

Pure functions over strings: no socket, file, clock or setting is read here, and nothing of ours is
imported but `model` and `errors`. Foreign libraries that are slow to load are imported on first
use. To add one: a module per idea, and functions that take a string and say in their docstring what
they do with a bad one (they never raise, unless their purpose is to refuse).
"""
