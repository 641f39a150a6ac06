"""Entry point: `streamlit run streamlit_app.py`. Streamlit imports it once, and then runs it for every visitor."""

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.starlette import App

from cnnviz.ui.shared import warmup
from cnnviz.ui.shared.server import lifespan

if get_script_run_ctx(suppress_warning=True) is None:
    app = App(__file__, lifespan=lifespan)
else:
    warmup.wait(warmup.Stage.PAGES)
    from cnnviz.ui.shared.page import run_page

    run_page()
