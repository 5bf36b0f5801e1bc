"""A whole run, top to bottom, on one screen: files in, graded and measured courses out."""
