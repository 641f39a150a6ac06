"""Questions about data, each a small experiment: ways of training that differ in one thing, and what was to be seen.

Settings were tried on digits with seeds 0 to 2; what was seen there stands beside each. A larger data set gives a part
of its pictures, so that all its runs take about a minute on two cores. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cnnviz.base.locale import N_
from cnnviz.base.text import percent
from cnnviz.data.dataset_spec import DatasetSpec
from cnnviz.engine.config import TrainConfig
from cnnviz.ui.shared.i18n import _
from cnnviz.ui.shared.paired_outcomes import (
    Outcome,
    Variant,
    held_out_accuracy,
    last_class_found,
    test_accuracy,
    train_accuracy,
)

MOST_PICTURES = 4000  # of a larger data set
MOST_EPOCHS = 12  # there: each tests on 10,000 pictures
_LARGE = 5000  # training pictures
_OWN = 40  # training pictures beside the leaked ones


@dataclass(frozen=True)
class Question:
    """What its switch offers, link_parameters.EXPERIMENTS says; `title` ... are messages."""

    title: str
    ask: str  # the question, as a heading
    about: str  # what is trained
    predict: str  # what to guess before it is
    switch: str  # of what the switch chooses
    usual: str
    seeds: int  # at first; of a large set one
    measures: tuple[str, ...]  # the first is drawn, and guessed
    guessed: int  # of which of the ways
    variants: Callable[[DatasetSpec, str], list[Variant]]
    conclude: Callable[[Sequence[Outcome]], str]


def base(spec: DatasetSpec, **settings: object) -> TrainConfig:
    """A small network on this data set, a part of it where it is large."""
    config = TrainConfig(model="lenet5", data=spec.name, batch_size=32, **settings)  # type: ignore[arg-type]
    if not is_large(spec):
        return config
    return replace(
        config, train_images=config.train_images or MOST_PICTURES, epochs=min(config.epochs, MOST_EPOCHS), batch_size=64
    )


def is_large(spec: DatasetSpec) -> bool:
    """Whether a part of it is enough; such a set also tests on thousands of pictures after each epoch."""
    return spec.train_images > _LARGE


def share(text: str) -> float:
    """
    >>> share("30%")
    0.3
    """
    return int(text.rstrip("%")) / 100


# Digits, seed 0: 100 pictures 89.4%, 500 98.3%, all 98.9%, each 100% right on what it was trained on. MNIST: 82, 94 and
# 98%, 98 to 100% right on that, 33 s for all on two busy cores: epochs being few, few pictures need small batches.
def _sizes(spec: DatasetSpec, choice: str) -> list[Variant]:
    few = int(choice)
    whole = base(spec, epochs=20)
    counts = [few, *(count for count in (500,) if count > few)]
    if is_large(spec):
        whole = replace(whole, epochs=6)
    parts = [
        replace(whole, train_images=count, batch_size=max(1, min(16, count // 25)) if is_large(spec) else 16)
        for count in counts
    ]
    most = f"{whole.train_images or spec.train_images:,}"
    return [
        *(Variant(_("{count} pictures", count=part.train_images), part) for part in parts),
        Variant(_("{count} pictures", count=most), whole),
    ]


def _concluded_sizes(found: Sequence[Outcome]) -> str:
    few, most = found[0], found[-1]
    return _(
        "Trained on {few}, the network is right on {few_train} of these, but only on {few_test} of new ones: a gap of "
        "{few_gap}. On {most} the gap is {most_gap}.",
        few=few.label,
        few_train=percent(few.mean(train_accuracy)),
        few_test=percent(few.mean(test_accuracy)),
        few_gap=points(few.mean(train_accuracy) - few.mean(test_accuracy)),
        most=most.label,
        most_gap=points(most.mean(train_accuracy) - most.mean(test_accuracy)),
    )


# Digits, 30% wrong labels, seed 0: to the end 83.3% after 25 epochs, stopped 93.1% after 9 (patience 3).
def _stopping(spec: DatasetSpec, choice: str) -> list[Variant]:
    whole = base(spec, epochs=25, label_noise=0.3, held_out=0.2)
    stopped = replace(whole, patience=int(choice))
    return [
        Variant(_("to the end"), whole),
        Variant(_("stopped after {epochs} epochs without progress", epochs=choice), stopped),
    ]


def _concluded_stopping(found: Sequence[Outcome]) -> str:
    whole, stopped = found[0], found[-1]
    epochs = max(record.epochs_done for record in stopped.records)
    return _(
        "The held-out pictures ended the run after epoch {epochs} of {planned}: {stopped} of the test pictures right. "
        "Trained to the end it is {whole}. No test picture was looked at to decide it.",
        epochs=epochs,
        planned=stopped.config.epochs,
        stopped=percent(stopped.mean(test_accuracy)),
        whole=percent(whole.mean(test_accuracy)),
    )


# MNIST, 100%, seed 0: leaked test 99.6%, held out 98.7%; clean test 98.4%, held out 97.9%; 52 s on two busy cores.
# Ten thousand pictures teach it well, leaked or not: the gap is small there.
# Digits, seeds 0 and 1: leaked test 97.8 and 98.6%, held out 91.7 and 95.8%; clean test 96.7 and 94.2%, held out 95.7
# and 94.2%.
def _leaking(spec: DatasetSpec, choice: str) -> list[Variant]:
    leakage = share(choice)
    common = base(spec, epochs=15, held_out=0.3)
    # Of a large set the leak is large: MNIST's 10,000. Few pictures need many small steps.
    common = replace(common, epochs=5, batch_size=32) if is_large(spec) else replace(common, batch_size=16)
    clean = replace(common, train_images=_OWN + round(leakage * spec.test_images))  # as many, or all there are
    return [
        Variant(_("fresh pictures only"), clean),
        Variant(
            _("{share} of the test pictures leaked", share=choice), replace(common, train_images=_OWN, leakage=leakage)
        ),
    ]


def _concluded_leaking(found: Sequence[Outcome]) -> str:
    clean, leaked = found[0], found[-1]
    return _(
        "With the leak the test says {leaked_test}, pictures it has really never seen say {leaked_held}: it flatters "
        "by {flattery}. Without, the two agree: {clean_test} and {clean_held}.",
        leaked_test=percent(leaked.mean(test_accuracy)),
        leaked_held=percent(leaked.mean(held_out_accuracy)),
        flattery=points(leaked.mean(test_accuracy) - leaked.mean(held_out_accuracy)),
        clean_test=percent(clean.mean(test_accuracy)),
        clean_held=percent(clean.mean(held_out_accuracy)),
    )


# Digits, 50 : 1, seed 0: of the last class 0% found, with class weights 69%, drawn evenly 72%.
def _imbalanced(spec: DatasetSpec, choice: str) -> list[Variant]:
    plain = base(spec, epochs=8, imbalance=float(choice))
    return [
        Variant(_("as they are"), plain),
        Variant(_("class weights"), replace(plain, class_weights=True)),
        Variant(_("classes drawn evenly"), replace(plain, sampler="balanced")),
    ]


def _concluded_imbalanced(found: Sequence[Outcome]) -> str:
    plain, *mended = found
    best = max(mended or found, key=lambda outcome: outcome.mean(last_class_found))
    return _(
        "As they are, {plain} of the rarest class are found, and over all classes {plain_test} are right. With "
        "{way} it is {mended}, over all classes {mended_test}.",
        plain=percent(plain.mean(last_class_found)),
        plain_test=percent(plain.mean(test_accuracy)),
        way=best.label,
        mended=percent(best.mean(last_class_found)),
        mended_test=percent(best.mean(test_accuracy)),
    )


# Digits, seed 0: none 98.9%, 10% wrong 95.3%, 30% 85.0% (96.7% at best, in epoch 11); training accuracy 97 and 90%.
def _wrong(spec: DatasetSpec, choice: str) -> list[Variant]:
    right = base(spec, epochs=25)
    shares = [0.0, *(each for each in (0.1,) if each < share(choice)), share(choice)]
    return [
        Variant(
            _("{share} wrong labels", share=f"{each:.0%}") if each else _("right labels"),
            replace(right, label_noise=each),
        )
        for each in shares
    ]


def _concluded_wrong(found: Sequence[Outcome]) -> str:
    right, most = found[0], found[-1]
    best = max(most.band(test_accuracy).mean, default=float("nan"))
    noise = most.config.label_noise
    by_heart = max(0.0, (most.mean(train_accuracy) - (1 - noise)) / noise) if noise else 0.0
    return _(
        "With right labels {right}; with {most} {test}, and {best} on the way there. In the end at least {by_heart} "
        "of the wrong labels were learned by heart: that is where the rest was lost.",
        right=percent(right.mean(test_accuracy)),
        most=most.label,
        test=percent(most.mean(test_accuracy)),
        best=percent(float(best)),
        by_heart=percent(by_heart, 0),
    )


def points(difference: float) -> str:
    """A difference of shares, in percentage points."""
    return _("{count} points", count=f"{100 * difference:.1f}".replace("-", "−"))


QUESTIONS: dict[str, Question] = {  # code in the link
    "size": Question(
        N_("How many pictures"),
        N_("How many pictures does it take?"),
        N_(
            "The same network learns from few pictures and from many. What it was trained on it soon knows by heart; "
            "only new pictures tell whether it learned what a class looks like."
        ),
        N_("How many of the test pictures will it get right after the fewest pictures?"),
        N_("Fewest pictures"),
        "100",
        1,
        ("test", "train"),
        0,
        _sizes,
        _concluded_sizes,
    ),
    "stopping": Question(
        N_("When to stop"),
        N_("When to stop, without looking at the test?"),
        N_(
            "30% of the labels are wrong, so that training too long does harm. A fifth of the training pictures is "
            "held out: the run ends once the loss on them has not fallen for some epochs."
        ),
        N_("How many of the test pictures will the run that goes on to the end get right?"),
        N_("Epochs without progress"),
        "4",
        1,
        ("test", "held_out", "train"),
        0,
        _stopping,
        _concluded_stopping,
    ),
    "leakage": Question(
        N_("Leakage"),
        N_("Can the test be trusted?"),
        N_(
            "Some test pictures slip into the training, as happens when photos of one burst are dealt out to both "
            "halves. For comparison, as many fresh pictures are trained on. Held-out pictures were in neither training."
        ),
        N_("What will the test say of the network that has seen its pictures?"),
        N_("Leaked"),
        "100%",
        3,
        ("test", "held_out"),
        -1,
        _leaking,
        _concluded_leaking,
    ),
    "imbalance": Question(
        N_("A rare class"),
        N_("What becomes of a rare class?"),
        N_(
            "The first class keeps all its pictures, the last one only a few, those between on a falling curve; the "
            "test stays even. Two remedies: mistakes about rare classes cost more, or those classes are drawn more "
            "often."
        ),
        N_("How many pictures of the rarest class will be found without a remedy?"),
        N_("Commonest to rarest"),
        "50",
        1,
        ("rare", "test"),
        0,
        _imbalanced,
        _concluded_imbalanced,
    ),
    "wrong": Question(
        N_("Wrong labels"),
        N_("How much do wrong labels harm?"),
        N_(
            "A share of the training labels is replaced by another class on purpose. At first the network follows the "
            "majority, which is right; then it begins to learn the exceptions by heart."
        ),
        N_("How many of the test pictures will it get right with the most wrong labels?"),
        N_("Most wrong labels"),
        "30%",
        1,
        ("test", "train"),
        -1,
        _wrong,
        _concluded_wrong,
    ),
}
