"""Questions of the lesson: something to do on the stage, and a short answer to open afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.base.locale import N_
from cnnviz.ui.convolution.show_link import try_button
from cnnviz.ui.shared.html import Html, details, html, join
from cnnviz.ui.shared.i18n import _


@dataclass(frozen=True)
class Question:
    """What is asked, what to do, where, and the answer."""

    question: str
    task: str
    link: str
    answer: str


QUESTIONS = (
    Question(
        N_("Why might translation invariance be a bad idea after all? Do convolutions suit text?"),
        N_("Play: the same weights go everywhere, and an edge at the top gives what one at the bottom gives."),
        "n=28&k=3&input=digit&kernel=sobel-y",
        N_(
            "A filter does not know where it is, and after pooling even less: bad where the place means something, "
            "sky above and road below. On text a 1-D convolution reads a few neighbouring words, wherever they "
            "stand; words far apart are outside its view."
        ),
    ),
    Question(
        N_("What does stride 2 mean for an audio signal?"),
        N_("Listen to the signal before and after; then set S to 1 and listen again."),
        "flat=1&n=64&k=3&p=1&s=2&input=chirp&kernel=identity",
        N_(
            "Half the samples a second: half the sampling rate. Tones above half of the new rate come back as wrong, "
            "lower ones (aliasing), unless the kernel smooths them away first."
        ),
    ),
    Question(
        N_("Two convolutions with nothing in between: can one do it? How large? And the other way round?"),
        N_("Point at outputs: each reads 5 × 5 pixels, as after 3 and 3. Then change the kernels in 'Why so'."),
        "n=7&k=5",
        N_(
            "Yes, one of k₁ + k₂ − 1 (stride 1, no padding in between). The other way round only for some kernels: a "
            "5 × 5 has more weights to choose than two 3 × 3."
        ),
    ),
    Question(
        N_("What does the forward pass cost in multiplications, additions and memory? And the backward pass?"),
        N_("Read the products of one output on the stage, then open 'Cost'."),
        "n=28&k=5&p=2&input=digit",
        N_(
            "At each of h_out · w_out places c_out · c_in · k_h · k_w multiplications and as many additions. Memory: "
            "weights, and values in and out. Backward: twice the forward products, for the gradients of input and of "
            "weights; the values must have been kept, and each weight has a gradient."
        ),
    ),
    Question(
        N_("Twice the input and output channels: how much more work? Twice the padding?"),
        N_("Double P here, from 2 to 4; then read both rows in 'Cost'."),
        "n=28&k=5&p=2",
        N_(
            "Channels: four times the work and the weights, since both factors double. Padding: no weight more; the "
            "output grows by 2p a side at stride 1, here from 28 to 32, 1.31 times the work."
        ),
    ),
    Question(
        N_("Why are two mathematically equal results not bitwise equal in floating point?"),
        N_("Read the sum of one window from left to right, then imagine it from right to left; 'Why so' adds some up."),
        "n=8&k=3&input=noise&kernel=blur",
        N_(
            "Every addition rounds, so (a + b) + c and a + (b + c) may end in other digits. Libraries and graphics "
            "processors add in whatever order is fastest."
        ),
    ),
    Question(
        N_("What does pooling cost? Why do max and average differ? Is min needed? Why is softmax pooling rare?"),
        N_("Switch from max to average, min and softmax, and compare the maps."),
        "mode=pool&n=28&k=2&s=2&input=digit",
        N_(
            "k · k − 1 comparisons or additions a window, no weights. Max keeps the strongest answer, average mixes "
            "all. min(x) = −max(−x): turned signs do it. Softmax lies between max and average, at an exponential a "
            "value."
        ),
    ),
)


def questions() -> None:
    """Seven questions, each with a button that puts its setting on the stage."""
    for number, question in enumerate(QUESTIONS, start=1):
        with st.container(horizontal=True, vertical_alignment="top", gap="small", key=f"conv_question_{number}"):
            st.html(_text(number, question))
            try_button(f"conv_ask_{number}", question.link, says=question.task)


def _text(number: int, question: Question) -> Html:
    asked = Html(f"<h4>{number}. {html(_(question.question))}</h4>")
    task = Html(f"<p>{html(_(question.task))}</p>")
    return join(
        [
            Html('<div class="cv-question">'),
            asked,
            task,
            details(_("Show the answer"), _(question.answer)),
            Html("</div>"),
        ]
    )
