"""A page of nothing but texts from outside, in every place of Markdown that we put them: test_plain.py looks at it."""

import streamlit as st

from cnnviz.base.errors import RunError
from cnnviz.base.text import plain
from cnnviz.ui.shared.i18n import sentence
from tests.ui.hostile import MARKDOWN

for number, text in enumerate(MARKDOWN):
    with st.container(key=f"text_{number}"):
        st.markdown(plain(text))
        st.caption(plain(text))
        st.subheader(plain(text), anchor=False)
        st.error(plain(text))
        st.button(plain(text), key=f"button_{number}")
        st.warning(sentence(RunError("{value}", value=text)))
        st.info(sentence(RunError("`{value}`", value=text)))
