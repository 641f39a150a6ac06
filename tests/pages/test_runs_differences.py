"""What differs between runs: settings, networks, weights, what was done by hand, and two matrices."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from cnnviz.engine.card import card_path, epoch_path
from cnnviz.engine.events import LrScaleChanged
from cnnviz.models.editor.blueprint import Blueprint
from cnnviz.models.editor.formats import to_line
from cnnviz.models.editor.row import Row
from cnnviz.runs import scheduler
from tests.conftest import REPOSITORY
from tests.pages.runs import BAD, GOOD, LIN, STARTED, data, page, recorded, texts, told
from tests.runs.conftest import close_store, fake_workers  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("fake_workers", "close_store")


def test_what_differs_is_named_and_marked() -> None:
    """Only settings that differ are in the table; values other than the usual one are highlighted."""
    runs = [recorded(0.9), recorded(0.95, optimizer="sgd"), recorded(0.8, seed=3, label_smoothing=0)]
    said = texts(page(runs=",".join(map(str, runs))))
    assert (
        "They differ in <b>Learning rate</b>, <b>Optimizer</b>, <b>Weight decay</b>, <b>Seed</b>, <b>Momentum</b>;"
        in said
    )
    table = said[said.index("<caption>What differs") :]
    assert '<td class="rn-odd" title="SGD">SGD</td>' in table
    assert '<td class="rn-odd" title="3">3</td>' in table
    assert '<td class="" title="AdamW">AdamW</td>' in table
    assert "Batch size" not in table
    assert "Label smoothing" not in table  # 0 and 0.0 are the same
    assert '<td class="rn-best" title="95.00%">95.00%</td>' in table


def test_options_of_the_network_differ_one_by_one() -> None:
    """By name, with what the network has by itself where nothing was said; "–" where it has no such option."""
    models = ({"model_options": '{"dropout": 0.5}'}, {}, {"model": "resnet-small"})
    runs = [recorded(**options) for options in models]
    said = texts(page(runs=",".join(map(str, runs))))
    row = said[said.index(">Dropout</th>") :]
    row = row[: row.index("</tr>")]
    assert [cell in row for cell in (">0.5</td>", ">0</td>", ">–</td>")] == [True] * 3
    assert "{&quot;dropout" not in said


def test_networks_of_ones_own_differ_in_words() -> None:
    """By name and rows, not by the text they are kept as; those that read the same are told apart by a number."""
    networks = [
        Blueprint("mine", (1, 8, 8), 10, (Row.of("flatten"), Row.of("linear", out_features=size), Row.of("linear")))
        for size in (5, 6)
    ]
    runs = [recorded(model="own", blueprint=to_line(network)) for network in networks]
    said = texts(page(runs=",".join(map(str, runs))))
    assert "They differ in <b>Network of one&#x27;s own</b>;" in said
    assert [f">mine, 3 rows ({number})</td>" in said for number in (1, 2)] == [True, True]
    assert "input_size" not in said


def test_the_list_says_which_runs_are_ones_own() -> None:
    """As the page Training does: nobody knows that he is visitor 3."""
    app = page()
    mine, others = recorded(owner=app.session_state["visitor_id"]), recorded(owner=LIN)
    whose = {row["id"]: row["who"] for row in data(app.run(), "runs_table")["rows"]}
    assert whose[mine] == "yours"
    assert whose[others].startswith("Visitor ")


def test_a_run_without_a_name_is_offered_to_be_named() -> None:
    """The name it is kept under, "lenet5-digits", is a code; left empty it stays so."""
    run = recorded()
    app = page()
    app.session_state["runs_open"] = run
    box = app.run().text_input(key=f"runs_name_{run}")
    assert (box.value, box.placeholder) == ("", "LeNet-5 · Digits 8 × 8")
    [save] = [button for button in app.button if button.label == "Save"]
    save.click().run()
    assert scheduler.store().record(run).name == "lenet5-digits"


def changed_run() -> int:
    """Two epochs, gone on after the first with ten times the rate, changed back in the middle of the second."""
    run = recorded()
    store = scheduler.store()
    store.ask_resume_from(run, 1, lr_scale=10.0)
    start = store.claim_next(9, lambda holder: False)
    assert start is not None
    later = [
        replace(STARTED, first_epoch=2),
        LrScaleChanged(2, 0, 10.0),
        *told(0.8)[3:4],
        LrScaleChanged(2, 6, 1.0),
        *told(0.8)[4:],
    ]
    for event in later:
        store.append(run, start.token, event)
    store.end(run, start.token, "finished")
    return run


def test_what_was_done_by_hand_differs() -> None:
    """A changed learning rate and going on from an epoch are no settings, but named, in the table and in the box."""
    plain, changed = recorded(), changed_run()
    app = page(runs=f"{plain},{changed}")
    said = texts(app)
    assert "They differ in <b>Learning rate changed</b>, <b>Resumed after</b>; the other" in said
    table = said[said.index("<caption>What differs") :]
    assert '<td class="rn-odd" title="×10 at epoch 1, ×1 at epoch 1.5">' in table
    assert '<td class="rn-odd" title="epoch 1">epoch 1</td>' in table
    app.session_state["runs_open"] = changed
    assert '<th scope="row">Learning rate changed</th><td>×10 at epoch 1, ×1 at epoch 1.5</td>' in texts(app.run())
    assert "Learning rate changed" not in texts(page(runs=f"{plain},{recorded()}"))


def test_the_box_names_each_thing_once() -> None:
    """One row a name; what Training calls initial weights is called so here, their fingerprint is explained."""
    run = changed_run()
    app = page()
    app.session_state["runs_open"] = run
    said = texts(app.run())
    names = re.findall(r'<th scope="row">(.*?)</th>', said)
    assert sorted(names) == sorted(set(names))
    assert {"Initial weights", "Fingerprint of the initial weights"} <= set(names)
    assert "The fingerprint is worked out from the weights" in said


def test_equal_runs_say_so() -> None:
    """No setting differs: one sentence."""
    runs = [recorded(), recorded()]
    assert "All settings are the same." in texts(page(runs=f"{runs[0]},{runs[1]}"))


def test_equal_initial_weights_are_proved_by_their_files() -> None:
    """The fingerprint of the weights before the first step says whether two runs began alike."""
    runs = [recorded(), recorded(seed=1)]
    for run, digest in zip(runs, ("a" * 64, "b" * 64), strict=True):
        write_card(run, digest)
    said = texts(page(runs=f"{runs[0]},{runs[1]}"))
    assert "They began with different initial weights." in said
    assert "<code>aaaaaaaa</code>" in said
    write_card(runs[1], "a" * 64)
    assert "They began with the very same initial weights." in texts(page(runs=f"{runs[0]},{runs[1]}"))


def write_card(run: int, digest: str) -> None:
    card = json.loads((REPOSITORY / "checkpoints" / "lenet5-mnist.json").read_text(encoding="utf-8"))
    path = card_path(epoch_path(scheduler.store().record(run).directory, 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**card, "sha256": digest}), encoding="utf-8")


def test_the_difference_of_two_matrices_is_in_words_and_cells() -> None:
    """From the first chosen run to the second, mistakes counted by hand."""
    bad, good = recorded(0.8, confusion=BAD), recorded(0.9, confusion=GOOD)
    app = page(runs=f"{bad},{good}")
    said = texts(app)
    assert f"<b>Run {good} makes 9 mistakes fewer than run {bad}.</b>" in said
    assert "Most of all: 6 fewer 0 taken for 1, 3 fewer 1 taken for 0." in said
    matrix = data(app, "runs_matrix")
    assert (matrix["before"], matrix["counts"]) == ([list(row) for row in BAD], [list(row) for row in GOOD])
    assert matrix["strings"]["fewer"].startswith(f"{{difference}} fewer in run {good} than in run {bad}")


def test_runs_on_other_data_are_not_compared() -> None:
    """A matrix of other pictures: one sentence, no matrix."""
    one, other = recorded(), recorded(confusion=((10, 0, 0), (0, 10, 0), (0, 0, 10)), data="mnist")
    app = page(runs=f"{one},{other}")
    assert "only mistakes on the same pictures can be compared" in texts(app)
    assert not [each for each in app.get("bidi_component") if "runs_matrix" in each.proto.id]


def test_the_two_runs_can_be_chosen() -> None:
    """The boxes decide which matrix is taken from which, and the link keeps it."""
    runs = [recorded(confusion=BAD), recorded(), recorded(confusion=BAD)]
    chosen = ",".join(map(str, runs))
    app = page(runs=chosen, runs_from=str(runs[1]), runs_to=str(runs[2]))
    assert f"<b>Run {runs[2]} makes 9 mistakes more than run {runs[1]}.</b>" in texts(app)
    app = page(runs=chosen)
    box = next(box for box in app.selectbox if box.label == "to run")
    box.select(runs[2]).run()
    assert app.query_params["runs_to"] in (str(runs[2]), [str(runs[2])])
    assert "Both runs make equally many mistakes" in texts(app)
