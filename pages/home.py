from cnnviz.ui.page import start

start("Home", "…")
