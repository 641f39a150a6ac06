"""The command line: what it prints, that it is programmable, and that every error is one line."""

from __future__ import annotations

import json
import math
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.numpy import save_file

from checkpoints import make as shipped
from cnnviz.base.paths import shipped_checkpoints
from cnnviz.commands import COMMANDS, main
from cnnviz.data.registry import DATASETS, dataset
from cnnviz.engine.card import catalogue, load_arrays, load_card
from cnnviz.engine.checkpoint import copy, load
from cnnviz.engine.config import TrainConfig
from cnnviz.models.registry import MODELS
from cnnviz.runs import scheduler
from cnnviz.runs.process import KEYBOARD
from tests.data.pictures import put
from tests.polling import PATIENCE

pytestmark = pytest.mark.slow

SHIPPED = [path.stem for path, _ in catalogue(shipped_checkpoints())]


@pytest.fixture(autouse=True)
def threads_put_back() -> object:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def objects(text: str) -> list[dict[str, object]]:
    """What --json printed: one object a line, nothing else."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made by the command itself."""
    path = tmp_path_factory.mktemp("checkpoint") / "mine"
    before = torch.get_num_threads()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIZ_HOME", str(tmp_path_factory.mktemp("home")))
        assert main(["train", "--epochs", "1", "--output", str(path)]) == 0
    torch.set_num_threads(before)
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command has --help and knows --json."""
    assert main([command, "--help"]) == 0
    printed = capsys.readouterr()
    assert f"cnnviz {command}" in printed.out
    assert "--json" in printed.out
    assert printed.err == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "required"),
        (["fly"], "invalid choice"),
        (["train", "--epochs", "0"], "epochs must be a whole number from 1 to 1000. Got 0; try 1."),
        (["train", "--epochs", "many"], "epochs must be a whole number from 1 to 1000. Got many; try 1."),
        (["train", "--model", "lenet6"], "model must be one of lenet5"),
        (["train", "--data", "cats"], "data must be one of digits"),
        (["train", "--device", "abacus"], "device must be one of auto"),
        (["train", "--shuffle", "perhaps"], "shuffle must be one of true, false. Got perhaps"),
        (["train", "--optimizer", "sgd", "--momentum", "0.5"], "sgd has no momentum"),
        (["train", "--preset", "worst"], "invalid choice"),
        (["train", "--data", "kmnist"], "kmnist"),
        (["train", "--speed", "9"], "unrecognized arguments"),
        (["evaluate"], "required"),
        (["evaluate", "nothing"], "There is no checkpoint nothing. Shipped ones: keras-cnn-mnist, lenet5-"),
        (["evaluate", "run-7@3"], "There is no checkpoint run-7@3 here. There are: lenet5-mnist,"),
        (["evaluate", "nothing\nat\nall"], "There is no checkpoint nothing at all."),
        (["summary", "lenet6"], "model must be one of lenet5"),
        (["summary", "lenet5", "--input", "28"], "channels x height x width"),
        (["summary", "lenet5", "--input", "1x32x32"], "fc1 cannot take"),
        (["train", "--output", f"{os.devnull}/net"], "cannot be written. Choose another --output."),
        (["data", "fly"], "invalid choice"),
        (["data", "fetch"], "Name what to fetch: digits, mnist"),
        (["data", "fetch", "cats"], "data must be one of digits"),
        (["bench", "nothing"], "benchmark must be one of"),
    ],
)
def test_errors_are_one_line_and_2(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is wrong: exit code 2, one line on stderr, nothing on stdout, no run recorded."""
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    assert scheduler.store().records() == []


def test_a_card_and_weights_that_make_no_sense_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the card the field, of the weights the tensor."""
    copy(shipped_checkpoints() / "lenet5-mnist", tmp_path / "net")
    card = tmp_path / "net.json"
    values = json.loads(card.read_text())
    card.write_text(json.dumps({**values, "confusion": [[10**30] * 10] * 10}))
    assert main(["evaluate", str(tmp_path / "net")]) == 2
    assert "its confusion makes no sense" in capsys.readouterr().err
    arrays = load_arrays(tmp_path / "net")
    arrays["fc3.bias"][0] = math.nan
    save_file(arrays, tmp_path / "net.safetensors")
    card.write_text(json.dumps({**values, "sha256": ""}))
    assert main(["evaluate", str(tmp_path / "net")]) == 2
    assert "no numbers, in its fc3.bias" in capsys.readouterr().err


def test_errors_in_chinese(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """CNNVIZ_LANG decides the language of errors and reports."""
    monkeypatch.setenv("CNNVIZ_LANG", "zh")
    assert main(["train", "--epochs", "0"]) == 2
    assert "epochs 必须是 1 到 1000 之间的整数" in capsys.readouterr().err
    assert main(["summary", "lenet5"]) == 0
    assert "感受野" in capsys.readouterr().out


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_in_chinese(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """argparse's own words too: usage, headings, what --help does."""
    monkeypatch.setenv("CNNVIZ_LANG", "zh")
    assert main([*command, "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("用法：python -m cnnviz")
    assert "\n选项：\n" in text
    assert "显示这份帮助，然后退出" in text
    assert not [word for word in ("usage", "options:", "positional", "show this", "A visual") if word in text]


def test_doctor(capsys: pytest.CaptureFixture[str]) -> None:
    """Versions, device, data sets, write access and port, then that all is ready."""
    assert main(["doctor", "--port", "0"]) == 0
    text = capsys.readouterr().out
    for word in (
        "Python",
        "streamlit",
        "torch",
        "torchvision",
        "device",
        *DATASETS,
        "CNNVIZ_HOME",
        "CNNVIZ_DATA",
        "port",
    ):
        assert word in text
    assert text.endswith("Ready: streamlit run streamlit_app.py\n")


def test_doctor_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """One object for each check: name, status, value."""
    assert main(["doctor", "--port", "0", "--json"]) == 0
    checks = {check["name"]: check for check in objects(capsys.readouterr().out)}
    assert checks["torch"]["status"] == "ok"
    assert checks["digits"]["status"] == "ok"
    assert checks["mnist"]["status"] == "note"  # tests begin with an empty data folder
    assert "data fetch mnist" in str(checks["mnist"]["value"])


def test_doctor_sees_a_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    """A port somebody listens on is noted."""
    import socket

    with socket.create_server(("", 0)) as server:
        assert main(["doctor", "--port", str(server.getsockname()[1]), "--json"]) == 0
    (port,) = [check for check in objects(capsys.readouterr().out) if str(check["name"]).startswith("port")]
    assert port["status"] == "note"


def test_doctor_sees_what_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a place for runs there is no class: 2, and the problem by name."""
    monkeypatch.setenv("CNNVIZ_HOME", os.devnull)
    assert main(["doctor", "--port", "0"]) == 2
    printed = capsys.readouterr()
    assert "cannot be written" in printed.out
    assert printed.err == "cnnviz: Not ready: runs (CNNVIZ_HOME).\n"


def test_data_list(capsys: pytest.CaptureFixture[str]) -> None:
    """Every data set with its size and whether it is here."""
    assert main(["data", "list", "--json"]) == 0
    rows = {row["name"]: row for row in objects(capsys.readouterr().out)}
    assert list(rows) == list(DATASETS)
    assert rows["digits"]["present"] is True
    assert rows["mnist"]["present"] is False
    assert rows["mnist"]["train_images"] == 60_000
    assert main(["data", "list"]) == 0
    assert re.search(r"mnist +not here +1x28x28 +60,000 +10,000", capsys.readouterr().out)


def test_data_check(capsys: pytest.CaptureFixture[str]) -> None:
    """What is here is checked; what is asked for and is not here is an error."""
    assert main(["data", "check"]) == 0
    assert "digits.csv.gz  ok" in capsys.readouterr().out
    assert main(["data", "check", "mnist"]) == 2
    assert "python -m cnnviz data fetch mnist" in capsys.readouterr().err


def test_data_check_of_complete_files(complete_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Four sound files of MNIST."""
    assert main(["data", "check", "mnist", "--json"]) == 0
    rows = objects(capsys.readouterr().out)
    assert [row["ok"] for row in rows] == [True] * 4


def test_data_fetch_of_what_is_here(capsys: pytest.CaptureFixture[str]) -> None:
    """Embedded data needs no network: said, and done."""
    assert main(["data", "fetch", "digits"]) == 0
    assert capsys.readouterr().out == "digits: here\n"


@pytest.mark.parametrize("model", MODELS)
def test_summary(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each layer, then the totals."""
    assert main(["summary", model, "--json"]) == 0
    rows = objects(capsys.readouterr().out)
    outline = MODELS[model].outline()
    leaves = [name for name, layer in outline.named_modules() if not list(layer.children())]
    assert sorted(row["name"] for row in rows[:-1] if row["module"]) == sorted(leaves)
    assert all({"start", "inputs", "receptive_field", "jump"} <= row.keys() for row in rows[:-1])
    assert rows[-1]["params"] == sum(weight.numel() for weight in outline.parameters())


def test_summary_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """The table a teacher reads aloud."""
    assert main(["summary", "lenet5"]) == 0
    text = capsys.readouterr().out
    assert re.search(r"conv1 +Conv2d +6x28x28 +156 +117,600 +18,816 +5 +1\n", text)
    assert "61,706 weights, 416,520 multiply-accumulates" in text


def test_summary_of_colour_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    """Three channels: three times conv1's products."""
    assert main(["summary", "lenet5", "--input", "3x28x28", "--json"]) == 0
    assert objects(capsys.readouterr().out)[0]["params"] == 6 * (3 * 25 + 1)


def test_train(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run: one line for each epoch, recorded for the app, its last checkpoint where it was asked for."""
    output = tmp_path / "net"
    assert main(["train", "--epochs", "2", "--batch-size", "128", "--seed", "4", "--output", str(output)]) == 0
    text = capsys.readouterr().out
    assert (
        len(re.findall(r"^epoch \d: training loss \d\.\d{4}, test loss .*, test accuracy \d+\.\d\d%", text, re.M)) == 2
    )
    assert str(output) in text
    (record,) = scheduler.store().records()
    assert record.config == TrainConfig(epochs=2, batch_size=128, seed=4)
    assert (record.status, record.epochs_done) == ("finished", 2)
    assert load_card(output).epoch == 2
    assert load_card(output) == load_card(record.directory / "epoch-0002")


def test_train_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """The events themselves, then where the checkpoint is."""
    assert main(["train", "--epochs", "2", "--json"]) == 0
    events = objects(capsys.readouterr().out)
    kinds = [event["event"] for event in events]
    assert kinds[0] == "RunStarted"
    assert kinds.count("EpochEnd") == 2
    assert kinds[-2:] == ["RunEnd", "Checkpoint"]
    assert load_card(str(events[-1]["path"])).epoch == 2


def test_train_with_a_preset(capsys: pytest.CaptureFixture[str]) -> None:
    """A preset's settings, with what is said besides on top; switches by word."""
    arguments = ["--preset", "lesson-keras", "--data", "digits", "--epochs", "1", "--shuffle", "off"]
    assert main(["train", *arguments]) == 0
    config = scheduler.store().records()[0].config
    assert (config.model, config.data, config.epochs, config.batch_size) == ("keras-cnn", "digits", 1, 128)
    assert (config.held_out, config.shuffle, config.normalize) == (0.1, False, False)
    assert "1,293 images to train on" in capsys.readouterr().out


def test_train_that_diverges(capsys: pytest.CaptureFixture[str]) -> None:
    """An absurd learning rate: 2, and what to try."""
    arguments = ["--optimizer", "nesterov", "--learning-rate", "10", "--schedule", "constant", "--epochs", "3"]
    assert main(["train", *arguments]) == 2
    assert re.search(
        r"stopped being a number in step \d+ of epoch \d\. Try a learning rate of 0\.05 instead of 10\.$",
        capsys.readouterr().err,
    )
    assert scheduler.store().records()[0].status == "diverged"


def _hears_ctrl_c() -> None:
    """A shell makes what it runs in the background deaf to Ctrl-C, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_ctrl_c(tmp_path: Path) -> None:
    """Ctrl-C ends a training with 130 and no traceback; the app can resume it."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "cnnviz", "train", "--epochs", "1000", "--json"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=_hears_ctrl_c,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "EpochEnd":
                break
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in errors
    record = scheduler.store().records()[0]
    assert (record.status, record.reason) == ("interrupted", KEYBOARD)


def test_output_nobody_reads() -> None:
    """`| head -1` is not an error."""
    command = f"{sys.executable} -m cnnviz summary lenet5 | head -1"
    asked = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (asked.stdout, asked.stderr) == ("LeNet-5, padding 2\n", "")


@pytest.mark.parametrize("suffix", ["", ".safetensors", ".json"])
def test_evaluate(checkpoint: Path, suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The lesson's report, with the figures of the card, however the file is named."""
    card = load_card(checkpoint)
    assert main(["evaluate", f"{checkpoint}{suffix}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Test Loss: {card.test_loss:.4f}"
    assert lines[1].startswith("Test Accuracy of 0: ")
    assert lines[1].endswith("({}/{})".format(*card.per_class[0]))
    assert lines[-1].endswith(f"({card.correct}/{card.total})")
    assert len(lines) == 12


def test_evaluate_for_programs(checkpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object with everything."""
    card = load_card(checkpoint)
    assert main(["evaluate", str(checkpoint), "--json"]) == 0
    (result,) = objects(capsys.readouterr().out)
    assert (result["correct"], result["total"]) == (card.correct, card.total)
    assert result["per_class"] == [list(counts) for counts in card.per_class]
    assert result["confusion"] == [list(row) for row in card.confusion]


def test_evaluate_on_a_folder_with_a_test_half_alone(
    checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the README says: `test/CLASS/*` is enough, and the same pictures give the same counts as their data set."""
    card, test = load_card(checkpoint), dataset("digits").load("test")
    for index, (image, label) in enumerate(zip(test.images, test.labels, strict=True)):
        place = tmp_path / "test" / str(label)
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image[0]).save(place / f"{index}.png")
    assert main(["evaluate", str(checkpoint), "--data", f"folder:{tmp_path}"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1].endswith(f"({card.correct}/{card.total})")
    assert printed.err == "The folder has a test half only: networks can be tested on it, not trained.\n"
    assert main(["train", "--data", f"folder:{tmp_path}"]) == 2
    assert "has a test half only: networks can be tested on it. To train, put" in capsys.readouterr().err
    assert scheduler.store().records() == []


def test_evaluate_a_file_of_another_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is there, and that is not denied; it is not read either."""
    for name in ("m.pt", "m.pth", "net.onnx"):
        (tmp_path / name).write_bytes(b"PK")
        assert main(["evaluate", str(tmp_path / name)]) == 2
        assert f"{name} is there, but no checkpoint: only .safetensors files are read" in capsys.readouterr().err


def test_evaluate_needs_its_data(checkpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Test images that are not here are said to be missing."""
    assert main(["evaluate", str(checkpoint), "--data", "mnist"]) == 2
    assert "data fetch mnist" in capsys.readouterr().err


PROMISED = {
    "lenet5-mnist": 0.991,
    "lenet5-fashion-mnist": 0.905,
    "keras-cnn-mnist": 0.992,
    "resnet-small-cifar10": 0.88,
    "resnet-small-cifar8": 0.84,
}


@pytest.fixture
def cifar10_jpeg(complete_data: Path, tmp_path: Path) -> str:
    """The folder of CIFAR-10 as JPEG, its test half alone."""
    archive = complete_data / "cifar10-jpeg.zip"
    if not archive.exists():
        pytest.skip(f"there is no {archive.name} in CNNVIZ_DATA")
    with zipfile.ZipFile(archive) as pictures:
        wanted = [name for name in pictures.namelist() if "/test/" in name]
        pictures.extractall(tmp_path, wanted)
    return f"folder:{tmp_path / 'cifar10'}"


@pytest.fixture
def cifar8_jpeg(cifar10_jpeg: str) -> str:
    """The same without cats and dogs."""
    for name in ("cat", "dog"):
        shutil.rmtree(Path(cifar10_jpeg.removeprefix("folder:")) / "test" / name)
    return cifar10_jpeg


ELSEWHERE = {"cifar10": "cifar10_jpeg", "own:cifar8": "cifar8_jpeg"}


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_checkpoints_are_as_good_as_their_cards(
    name: str, complete_data: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    """`evaluate` by name gives exactly what the card says, and the card what the README promises."""
    card = load_card(shipped_checkpoints() / name)
    elsewhere = ["--data", request.getfixturevalue(ELSEWHERE[card.data])] if card.data in ELSEWHERE else []
    assert main(["evaluate", name, *elsewhere]) == 0
    lines = capsys.readouterr().out.splitlines()
    expected = [f"({right}/{total})" for right, total in (*card.per_class, (card.correct, card.total))]
    assert lines[0] == f"Test Loss: {card.test_loss:.4f}"
    assert [line.split("% ")[1] for line in lines[1:]] == expected
    assert card.test_accuracy >= PROMISED[name]
    assert card.command.startswith("python -m cnnviz train ")
    assert set(shlex.split(shipped.RECIPES[name])) <= set(shlex.split(card.command))
    assert card.seconds > 0


def test_checkpoints_are_made_by_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trained as the recipe says; shown pictures of another name, if those are the same pictures; errors end it."""
    monkeypatch.setattr(shipped, "shipped_checkpoints", lambda: tmp_path)
    monkeypatch.setattr(shipped, "RECIPES", {"small": "--data digits --epochs 1 --batch-size 500", "bad": "--epochs 0"})
    monkeypatch.setattr(shipped, "SHOWN_ON", {"small": "mnist"})
    assert shipped.make(["small"]) == 0
    _, card = load(tmp_path / "small")
    assert (card.data, card.config["data"]) == ("mnist", "digits")
    assert shipped.make([]) == 2


def test_a_checkpoint_there_is_no_recipe_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said in a sentence, before anything is trained."""
    monkeypatch.setattr(shipped, "main", lambda _arguments: pytest.fail("trained"))
    assert shipped.make(["lenet5-mnist", "foo"]) == 2
    assert "checkpoint must be one of lenet5-mnist, " in capsys.readouterr().err


def test_bench_lists_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name: every benchmark and what it compares."""
    assert main(["bench", "--json"]) == 0
    rows = {row["name"]: row["purpose"] for row in objects(capsys.readouterr().out)}
    assert {"epoch", "reporting"} <= rows.keys()
    assert all(rows.values())


def test_bench_runs_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A benchmark's rows come out with both figures and their ratio."""
    from cnnviz.commands import bench

    file = tmp_path / "sleep.py"
    file.write_text(
        '"""Sleeping."""\nfrom time import sleep\nfrom cnnviz.commands.bench import compare\n'
        'def run():\n    yield compare("naps", lambda: sleep(0.01), lambda: sleep(0.04))\n'
    )
    monkeypatch.setattr(bench, "benchmarks", lambda: {"sleep": file})
    assert main(["bench", "sleep", "--json"]) == 0
    (row,) = objects(capsys.readouterr().out)
    assert (row["benchmark"], row["what"], row["unit"]) == ("sleep", "naps", "s")
    assert row["ratio"] == pytest.approx(row["ours"] / row["plain"])  # type: ignore[operator]
    assert 0.1 < float(str(row["ratio"])) < 0.9


def test_start_is_quick_without_torch() -> None:
    """`data list` does not wait for torch."""
    code = "import sys; from cnnviz.commands import main; main(['data', 'list']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_a_training_goes_on_when_nobody_reads_it(own_home: Path) -> None:
    """`train --json | head -1`: the run comes to its end, quietly, and is recorded as finished."""
    command = [sys.executable, "-m", "cnnviz", "train", "--data", "digits", "--epochs", "2", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["event"] == "RunStarted"
        process.stdout.close()
        assert process.wait(timeout=PATIENCE) == 0
        assert process.stderr.read() == ""
    assert [record.status for record in scheduler.store().records()] == ["finished"]


def test_data_import(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two classes of a set that is here, under a name of their own: listed, checked, trained on, removed."""
    command = ["data", "import", "digits", "--name", "pair", "--each", "30", "--classes", "3", "8"]
    assert main([*command, "--json"]) == 0
    (row,) = objects(capsys.readouterr().out)
    assert (row["name"], row["classes"], row["train_images"]) == ("own:pair", ["3", "8"], 60)
    assert main(command) == 2
    assert "no set has yet" in capsys.readouterr().err
    assert main(["data", "list"]) == 0
    assert re.search(r"own:pair +here +1x8x8 +60 +71", capsys.readouterr().out)
    assert main(["data", "check", "own:pair"]) == 0
    assert capsys.readouterr().out.count("ok") == 4
    assert main(["train", "--data", "own:pair", "--epochs", "1", "--output", str(tmp_path / "net")]) == 0
    capsys.readouterr()
    assert main(["data", "remove", "own:pair"]) == 0
    assert capsys.readouterr().out == "own:pair: removed\n"
    assert main(["data", "check", "own:pair"]) == 2
    assert "There is no set own:pair here" in capsys.readouterr().err


def test_data_import_of_broken_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of them are listed, then one line says what to do; left out if one says so."""
    for name in ("cat", "dog"):
        for index in range(3):
            put(tmp_path / "pets" / name / f"{index}.png")
    for index in range(5):
        (tmp_path / "pets" / "cat" / f"bad{index}.png").write_bytes(b"x")
    command = ["data", "import", str(tmp_path / "pets"), "--name", "pets"]
    assert main(command) == 2
    printed = capsys.readouterr()
    assert [line.split()[0] for line in printed.out.splitlines()] == [f"cat/bad{index}.png" for index in range(5)]
    assert printed.err.startswith("cnnviz: 5 of 11 pictures cannot be read: cat/bad0.png")
    assert main([*command, "--skip-broken"]) == 0
    assert "own:pets: 4 pictures of 3x12x12 to train on, 2 to test; 2 classes." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Say what to import"),
        (["digits"], "Say what to import"),
        (["digits", "mnist", "--name", "a"], "Say what to import"),
        (["nothing.zip", "--name", "a"], "There is no file, folder or data set nothing.zip"),
        (["digits", "--name", "../a"], "name must be 1 to 40 letters"),
        (["digits", "--name", "a", "--size", "3000"], "side must be"),
        (["mnist", "--name", "a"], "is not on this machine"),
    ],
)
def test_data_import_that_cannot_be(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    """2, and one line that says what to say instead."""
    assert main(["data", "import", *words]) == 2
    assert sentence in capsys.readouterr().err
