"""Data page: pictures of every class, facts about a data set, the way to fetch one."""
