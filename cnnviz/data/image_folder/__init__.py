"""Image folders as data sets: pictures of one's own, a sub-folder for each class."""
