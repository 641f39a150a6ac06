"""Own data sets, `own:NAME`: pictures that somebody brought, imported once and kept as arrays under CNNVIZ_HOME."""
