"""Hyperparameters: every settable value of a training, one row each with range, default, sentences, flags. No torch.

`TrainConfig` checks its fields by this table; form, link, command line, sweeps, the table of differences and the
prediction of time follow from it. Titles and sentences are messages, translated where they are shown; the names of
choices are shown as they are, since links and commands hold them.
"""

from __future__ import annotations

from cnnviz.base.locale import N_
from cnnviz.engine.augmentation.pipeline import canonical
from cnnviz.engine.corrected_labels import LONGEST
from cnnviz.engine.corrected_labels import canonical as canonical_corrections
from cnnviz.engine.hyperparameter import NETWORK_OPTIONS, Hyperparameter

_MOMENTUM_OPTIMIZERS = ("momentum", "nesterov", "adam", "adamw", "rmsprop")

_TABLE = (
    Hyperparameter(
        name="epochs",
        title=N_("Epochs"),
        group="run",
        kind="whole",
        default=10,
        low=1,
        high=1000,
        what=N_("How often the network sees every training picture once."),
        effect=N_(
            "More epochs: the training loss goes on falling; the test loss falls, stops, and may rise again "
            "(overfitting)."
        ),
    ),
    Hyperparameter(
        name="batch_size",
        title=N_("Batch size"),
        group="data",
        kind="whole",
        default=64,
        low=1,
        high=8192,
        costs_time=True,
        by_factors=True,
        what=N_("How many pictures are looked at before the weights take one step."),
        effect=N_(
            "Large batches use the processor better, but take fewer steps and so want a larger learning rate. "
            "Small ones are noisy, which often helps on new pictures."
        ),
    ),
    Hyperparameter(
        name="shuffle",
        title=N_("Shuffle"),
        group="data",
        kind="switch",
        default=True,
        what=N_("Whether every epoch takes the pictures in a new order."),
        effect=N_(
            "Without it the same pictures always share a batch; where the files are sorted by class, each batch "
            "shows one class only and the network forgets the others."
        ),
    ),
    Hyperparameter(
        name="drop_last",
        title=N_("Drop the last batch"),
        group="data",
        kind="switch",
        default=False,
        what=N_("Whether the pictures that do not fill the last batch are left out of the epoch."),
        effect=N_(
            "Every step then counts the same, and batch norm never meets a tiny batch; the next epoch leaves out "
            "other pictures."
        ),
    ),
    Hyperparameter(
        name="normalize",
        title=N_("Normalise"),
        group="data",
        kind="switch",
        default=True,
        what=N_("Whether each channel is brought to mean 0 and deviation 1; without it pixels go from 0 to 1."),
        effect=N_("Normalised pictures are learned faster: the first layer need not find out the average brightness."),
    ),
    Hyperparameter(
        name="center_crop",
        title=N_("Centre crop"),
        group="data",
        kind="number",
        default=1.0,
        low=0.1,
        high=1.0,
        what=N_("Share of each side that is kept, from the middle, of every picture: also of those asked about later."),
        effect=N_("What matters becomes larger where it lies in the middle; what lies at the edge is gone."),
    ),
    Hyperparameter(
        name="held_out",
        title=N_("Held-out share"),
        group="data",
        kind="number",
        default=0.0,
        low=0.0,
        high=0.5,
        costs_time=True,
        what=N_(
            "Share of the training pictures, drawn by the seed, that is never trained on but asked after each epoch."
        ),
        effect=N_(
            "It tells when to stop without looking at the test pictures; the network learns from fewer pictures."
        ),
    ),
    Hyperparameter(
        name="loss",
        title=N_("Loss"),
        group="loss",
        kind="choice",
        default="cross-entropy",
        what=N_("What a wrong answer costs: the number that training makes smaller."),
        effect=N_(
            "Cross-entropy is the habit for classes. Squared error learns about as well here, absolute error far "
            "more slowly."
        ),
        choices={
            "cross-entropy": N_("minus the logarithm of the probability given to the right class; softmax included"),
            "nll": N_("negative log-likelihood behind a log-softmax: the same number as cross-entropy, in two steps"),
            "hinge": N_("multi-class margin: the right class must lead every other by 1, then it costs nothing"),
            "squared": N_("squared error between the outputs and 1 for the right class, 0 for the others, summed"),
            "absolute": N_(
                "absolute error between the probabilities and 1 for the right class, 0 for the others, summed"
            ),
        },
    ),
    Hyperparameter(
        name="label_smoothing",
        title=N_("Label smoothing"),
        group="loss",
        kind="number",
        default=0.0,
        low=0.0,
        high=0.5,
        only_with={"loss": ("cross-entropy",)},
        what=N_(
            "Share of the target that is spread evenly over all classes: of ten, 0.1 asks for 91% instead of 100%."
        ),
        effect=N_("The network is less sure of itself, and often a little more often right."),
    ),
    Hyperparameter(
        name="optimizer",
        title=N_("Optimizer"),
        group="optimizer",
        kind="choice",
        default="adamw",
        costs_time=True,
        what=N_("How a step is made from the gradient."),
        effect=N_(
            "The Adam family needs the least care with the learning rate; SGD with momentum often ends a little better."
        ),
        choices={
            "adamw": N_("Adam, with weight decay apart from the gradient (Loshchilov, Hutter 2017)"),
            "adam": N_(
                "a step size of its own for each weight, from running means of gradient and square (Kingma, Ba 2014)"
            ),
            "rmsprop": N_("the gradient divided by the root of the running mean of its square (Hinton 2012)"),
            "nesterov": N_("momentum that looks ahead to where it is going (Nesterov 1983)"),
            "momentum": N_("SGD that keeps a share of its last step, like a ball rolling downhill (Polyak 1964)"),
            "sgd": N_("stochastic gradient descent: downhill along the gradient, nothing remembered"),
        },
    ),
    Hyperparameter(
        name="learning_rate",
        title=N_("Learning rate"),
        group="optimizer",
        kind="number",
        default=None,
        low=0.0,
        high=10.0,
        open_below=True,
        example=0.005,
        by_factors=True,
        step=0.001,
        follows="optimizer",
        # peaks that train every LeNet here. lenet5-valid, MNIST, 20 epochs, batch 128, seed 0: adam without decay
        # 99.04%, adamw with 0.05 99.24%. With the defaults, seeds 0, 1, 2: 99.34, 99.27, 99.35%.
        recommended={"adamw": 0.005, "adam": 0.005, "rmsprop": 0.002, "nesterov": 0.05, "momentum": 0.05, "sgd": 0.2},
        what=N_("How far a step goes: the schedule's highest value."),
        effect=N_("Too small: slow. Too large: the loss jumps about, or grows beyond all numbers."),
    ),
    Hyperparameter(
        name="momentum",
        title=N_("Momentum"),
        group="optimizer",
        kind="number",
        default=None,
        low=0.0,
        high=0.999,
        only_with={"optimizer": _MOMENTUM_OPTIMIZERS},
        follows="optimizer",
        recommended={"adamw": 0.9, "adam": 0.9, "rmsprop": 0.0, "nesterov": 0.9, "momentum": 0.9, "sgd": 0.0},
        what=N_("Share of the direction that a step takes over from the one before (in Adam: beta 1)."),
        effect=N_("Smooths the noise of batches and speeds up long slopes; near 1 it overshoots."),
    ),
    Hyperparameter(
        name="weight_decay",
        title=N_("Weight decay"),
        group="generalising",
        kind="number",
        default=None,
        low=0.0,
        high=1.0,
        by_factors=True,
        step=0.001,
        follows="optimizer",
        recommended={"adamw": 0.05, "adam": 0.0, "rmsprop": 0.0, "nesterov": 0.0005, "momentum": 0.0005, "sgd": 0.0005},
        what=N_("How strongly every step also pulls the weights towards 0."),
        effect=N_("Smaller weights make a smoother network that overfits less; too much and it cannot learn."),
    ),
    Hyperparameter(
        name="schedule",
        title=N_("Schedule"),
        group="schedule",
        kind="choice",
        default="one-cycle",
        what=N_("How the learning rate changes while the network trains."),
        effect=N_(
            "Large steps first, small ones last: the end of a falling schedule is where the last percent is won."
        ),
        choices={
            "one-cycle": N_(
                "rises from a twenty-fifth to the peak, then falls to nearly 0, both along cosines (Smith 2018)"
            ),
            "cosine": N_("falls from the peak to 0 along half a cosine"),
            "step": N_("stays, and is multiplied by a factor every so many epochs"),
            "constant": N_("stays"),
        },
    ),
    Hyperparameter(
        name="warm_up",
        title=N_("Warm-up share"),
        group="schedule",
        kind="number",
        default=None,
        low=0.0,
        high=1.0,
        follows="schedule",
        recommended={"one-cycle": 0.3, "cosine": 0.0, "step": 0.0, "constant": 0.0},
        what=N_("Share of all steps in which the learning rate rises to its peak."),
        effect=N_("Large steps come when the weights have found a direction; it allows a higher peak."),
    ),
    Hyperparameter(
        name="step_size",
        title=N_("Step every"),
        group="schedule",
        kind="whole",
        default=10,
        low=1,
        high=1000,
        only_with={"schedule": ("step",)},
        what=N_("After how many epochs the learning rate is multiplied by the factor."),
        effect=N_("At each drop the loss falls at once: the small steps settle what the large ones jumped over."),
    ),
    Hyperparameter(
        name="gamma",
        title=N_("Step factor"),
        group="schedule",
        kind="number",
        default=0.1,
        low=0.0,
        high=1.0,
        open_below=True,
        only_with={"schedule": ("step",)},
        step=0.1,
        what=N_("What the learning rate is multiplied by at each step of the schedule."),
        effect=N_("0.1 is the habit; nearer to 1 with more frequent steps is gentler."),
    ),
    Hyperparameter(
        name="augmentation",
        title=N_("Augmentation"),
        group="generalising",
        kind="choice",
        default="none",
        costs_time=True,
        accepts=canonical,  # a pipeline
        example="random-crop=4,flip=0.5",
        what=N_("How each training picture is changed, at random and anew in every epoch, before the network sees it."),
        effect=N_("The network never sees a picture twice: the training accuracy falls, the test accuracy rises."),
        choices={
            "none": N_("the pictures as they are"),
            "shift": N_("moved by up to 2 pixels"),
            "affine": N_("moved, turned, resized and sheared a little; for handwriting"),
            "crop-flip": N_(
                "moved by up to an eighth of the side and mirrored half of the time; for photos, not for digits"
            ),
            "crop-flip-cutout": N_("the same, and a square of a quarter of the side blotted out"),
        },
    ),
    Hyperparameter(
        name="patience",
        title=N_("Early stopping"),
        group="generalising",
        kind="whole",
        default=0,
        low=0,
        high=1000,
        what=N_(
            "End the run after so many epochs without a smaller loss on held-out (or else test) pictures; 0: never."
        ),
        effect=N_("Saves the epochs in which the network only learns its training pictures by heart."),
    ),
    Hyperparameter(
        name="initialization",
        title=N_("Initial weights"),
        group="network",
        kind="choice",
        default="default",
        sets_weights=True,
        what=N_("How the weights are drawn before the first step."),
        effect=N_(
            "Too small or too large and signals die out or explode from layer to layer; equal weights stay equal."
        ),
        choices={
            "default": N_("uniform, within ±1 / √n, n the number of inputs"),
            "kaiming": N_("normal, deviation √(2 / n), n the number of inputs: made for ReLU (He and others 2015)"),
            "xavier": N_(
                "uniform, within ±√(6 / (inputs + outputs)): for tanh and sigmoid, Keras's own (Glorot, Bengio 2010)"
            ),
            "normal": N_("normal, deviation 0.01, as in AlexNet: too small for a deep network"),
            "zeros": N_("all 0, to see what symmetry does: units that are equal get equal gradients and stay equal"),
        },
    ),
    Hyperparameter(
        name="start_from",
        title=N_("Start from"),
        group="transfer",
        kind="text",
        default="random",
        high=80,
        sets_weights=True,
        what=N_("Where the first weights come from: random, a checkpoint's name, or imagenet for the published ones."),
        effect=N_(
            "Filters learned on many pictures serve a new task with few: only its last layer has to be learned anew."
        ),
    ),
    Hyperparameter(
        name="trainable",
        title=N_("Train only"),
        group="transfer",
        kind="text",
        default="all",
        high=120,
        costs_time=True,
        what=N_(
            "What learns: all, last (the last layer with weights), or from the named layer on. The rest is frozen."
        ),
        effect=N_(
            "Frozen layers keep what they know and cost next to no time; few pictures cannot spoil them, nor improve "
            "them."
        ),
    ),
    Hyperparameter(
        name="thaw",
        title=N_("Then thaw"),
        group="transfer",
        kind="whole",
        default=0,
        low=0,
        high=1000,
        not_with={"trainable": ("all",)},
        costs_time=True,
        what=N_("After every so many epochs the next frozen stage, from the back, learns too; 0: never."),
        effect=N_(
            "The new layer settles first, so that its large early gradients do not wreck the learned ones; then they "
            "are fitted to the new pictures."
        ),
    ),
    Hyperparameter(
        name="train_images",
        title=N_("Training pictures"),
        group="experiment",
        kind="whole",
        default=0,
        low=0,
        high=1_000_000,
        costs_time=True,
        by_factors=True,
        what=N_("How many pictures are trained on, drawn by the seed, evenly over the classes; 0: all there are."),
        effect=N_("Few pictures are soon known by heart: all of them right, and new ones wrong more often."),
    ),
    Hyperparameter(
        name="imbalance",
        title=N_("Imbalance"),
        group="experiment",
        kind="number",
        default=1.0,
        low=1.0,
        high=1000.0,
        step=5.0,
        costs_time=True,
        by_factors=True,
        what=N_(
            "How many pictures the first class has for each one of the last; those between on a geometric series; "
            "1: as in the files."
        ),
        effect=N_("The network is right about the common classes and takes the rare one for one of them."),
    ),
    Hyperparameter(
        name="label_noise",
        title=N_("Wrong labels"),
        group="experiment",
        kind="number",
        default=0.0,
        low=0.0,
        high=0.9,
        what=N_("Share of the training labels, drawn by the seed, that is replaced by another class on purpose."),
        effect=N_("First the network learns what most labels say; trained on, it learns the wrong ones by heart too."),
    ),
    Hyperparameter(
        name="leakage",
        title=N_("Leakage"),
        group="experiment",
        kind="number",
        default=0.0,
        low=0.0,
        high=1.0,
        costs_time=True,
        what=N_("Share of the test pictures that is trained on too, with their right labels."),
        effect=N_("The test accuracy flatters: it counts pictures the network knows. On new ones it is no better."),
    ),
    Hyperparameter(
        name="sort_by_class",
        title=N_("Sorted by class"),
        group="experiment",
        kind="switch",
        default=False,
        what=N_("Whether the pictures lie one class after the other; seen where nothing shuffles them."),
        effect=N_("Without shuffling every batch shows one class, and the network forgets the one before."),
    ),
    Hyperparameter(
        name="sampler",
        title=N_("Sampler"),
        group="experiment",
        kind="choice",
        default="each-once",
        what=N_("Which pictures an epoch is made of."),
        effect=N_("A rare class is seen as often as a common one: found more often, its few pictures soon by heart."),
        choices={
            "each-once": N_("every picture once"),
            "balanced": N_("so many draws, each class equally likely, pictures of a rare class again and again"),
        },
    ),
    Hyperparameter(
        name="class_weights",
        title=N_("Class weights"),
        group="experiment",
        kind="switch",
        default=False,
        what=N_("Whether a mistake costs as much more as its class is rarer; in the training loss, not in the tests'."),
        effect=N_("A rare class is found more often; some pictures of common ones are taken for it in return."),
    ),
    Hyperparameter(
        name="corrected_labels",
        title=N_("Corrected labels"),
        group="experiment",
        kind="text",
        default="",
        high=LONGEST,
        accepts=canonical_corrections,
        what=N_("Places in the files' training half with the class each is to have, like 12:3,40:7; set last."),
        effect=N_("Where labels were wrong, the network learns the right ones instead."),
    ),
    Hyperparameter(
        name="seed",
        title=N_("Seed"),
        group="run",
        kind="whole",
        default=0,
        low=0,
        high=2**32 - 1,
        sets_weights=True,
        what=N_("Where all random numbers begin: initial weights, order, augmentation, dropout, held-out pictures."),
        effect=N_("The same seed on the same device gives the same weights; another shows how much is luck."),
    ),
    Hyperparameter(
        name="precision",
        title=N_("Number format"),
        group="run",
        kind="choice",
        default="float32",
        costs_time=True,
        what=N_("How many binary digits the multiplications are done with."),
        effect=N_("Fewer digits are faster where the processor has them, and learn as well."),
        choices={
            "float32": N_("24 binary digits"),
            "fastest": N_("float32 or bfloat16, whichever is faster here: measured as the run begins, and kept"),
            "tf32": N_("11 digits, on NVIDIA cards from 2020 on; elsewhere as float32"),
            "bfloat16": N_("8 digits, sums and weights in float32; slow on processors without it"),
        },
    ),
    *NETWORK_OPTIONS,
)

HYPERPARAMETERS: dict[str, Hyperparameter] = {row.name: row for row in _TABLE}

# what beside the rows a run's time and initial weights depend on: the network and its data
_NETWORK_AND_DATA = ("model", "data", "blueprint", "model_options")
COSTS_TIME = (*_NETWORK_AND_DATA, *(row.name for row in _TABLE if row.costs_time))
SETS_WEIGHTS = (*_NETWORK_AND_DATA, *(row.name for row in _TABLE if row.sets_weights))
