"""The collector in Node: classes and pictures as values within limits, what the server is told, and a burst."""

from __future__ import annotations

from typing import Any

from cnnviz.ui.data.collect_state import LIMITS, for_browser
from tests.js.node import call

_COLLECTION = "data/component/collect/collection.js"


def run(body: str, **limits: int) -> Any:
    """What `body` returns, with the limits of the app but for some, and a picture of ten letters."""
    given = {**for_browser(), **limits}
    return call(_COLLECTION, f"const limits = given; const data = 'A'.repeat(10); {body}", given)


def test_a_picture_goes_to_the_chosen_class_as_long_as_there_is_room() -> None:
    """Of one class, of all together, and none that is too long; an id is never given twice."""
    body = """
        let c = m.emptyCollection(["a", "b"]);
        const counts = () => c.classes.map((each) => each.pictures.length);
        const said = [];
        for (let i = 0; i < 4; i++) c = m.withPicture(c, "drawing", data, limits);
        said.push(counts(), m.room(c, limits));
        c = m.choosing(c, 2);
        for (let i = 0; i < 4; i++) c = m.withPicture(c, "photo", data, limits);
        said.push(counts(), m.room(c, limits));
        const long = m.withPicture(m.emptyCollection(["a"]), "photo", data, { ...limits, longestData: 9 });
        said.push(long.classes[0].pictures.length);
        c = m.withPicture(m.withoutPicture(c, c.classes[0].pictures[0].id), "photo", data, limits);
        const ids = c.classes.flatMap((each) => each.pictures.map((one) => one.id));
        said.push(counts(), new Set(ids).size === ids.length);
        return said;
    """
    assert run(body, most=3, all=5) == [[3, 0], 0, [3, 2], 0, 0, [2, 3], True]


def test_classes_come_and_go_and_one_is_always_chosen() -> None:
    """A new one is chosen; where the chosen one goes its neighbour is; there are never more than the limit."""
    body = """
        let c = m.withClass(m.emptyCollection(["a", "b"]), "c", limits);
        const said = [c.chosen, m.withClass(c, "d", limits) === c];
        c = m.withoutClass(c, 3);
        said.push(c.chosen, m.choosing(c, 99) === c);
        c = m.withoutClass(m.choosing(c, 1), 1);
        said.push(c.chosen, m.withClass(c, "e", limits).chosen);
        said.push(m.renamed(c, 2, "长名字长名字", limits).classes[0].name);
        return said;
    """
    assert run(body, mostClasses=3, longest=4) == [3, True, 2, True, 2, 4, "长名字长"]


def test_why_no_set_can_be_made_yet() -> None:
    """The first thing that is in the way, with what fills its sentence; nothing once all is there."""
    body = """
        const pictures = (length) => Array.from({ length }, (_, id) => ({ id, kind: "photo", data }));
        const of = (names, counts, name = "set") => ({ name, chosen: 1, next: 99,
            classes: names.map((each, i) => ({ id: i + 1, name: each, pictures: pictures(counts[i]) })) });
        return [
            of(["a"], [3]), of(["a", " "], [3, 3]), of(["Cat", "cat "], [3, 3]), of(["a", "b"], [3, 1]),
            of(["a", "b"], [3, 3], " "), of(["a", "b"], [3, 3]), of(["a", "b"], [3, 3], "../../x"),
            of(["a", "b"], [3, 3], "<b>x</b>"), of(["a", "b"], [3, 3], "我的 2"), of(["a", "b"], [3, 3], "Taken"),
        ].map((each) => m.problem(each, limits, ["taken"]));
    """
    few, unnamed, twice, short, no_name, none, path, tag, chinese, taken = run(body, longest=40)
    assert path == tag == {"why": "badName", "longest": 40}
    assert (chinese, taken) == (None, {"why": "takenName", "name": "Taken"})
    assert few == {"why": "few", "fewest": LIMITS.fewest_classes}
    assert unnamed == {"why": "unnamed", "number": 2}
    assert twice == {"why": "twice", "name": "cat"}
    assert short == {"why": "short", "name": "b", "count": 1, "fewest": LIMITS.fewest}
    assert (no_name, none) == ({"why": "noName"}, None)


def test_a_draft_that_is_none_is_left_alone() -> None:
    """What comes out of the browser's storage is looked at before it is shown; what was kept comes back as it was."""
    body = """
        const c = m.withPicture(m.emptyCollection(["a", "b"]), "photo", data, limits);
        const broken = [null, 1, {}, { ...c, next: "x" }, { ...c, classes: [{ id: 1, name: 2, pictures: [] }] },
            { ...c, classes: [{ id: 1, name: "a", pictures: [{ id: 1, kind: "film", data }] }] }];
        return [broken.map((each) => m.restored(each, limits)), m.restored(structuredClone(c), limits), c];
    """
    broken, kept, collection = run(body)
    assert broken == [None] * 6
    assert kept == collection


def test_a_burst_ends_with_its_count_its_room_or_its_key() -> None:
    """The first picture at once, then one after another; at most so many, and none after the end."""
    body = """
        const burst = (most, room) => new Promise((resolve) => {
            let taken = 0;
            const later = () => setTimeout(() => resolve(taken), 20);
            const made = m.createBurst(() => ++taken < room, most, 1, () => made.isOn() || later());
            made.begin();
        });
        let taken = 0;
        const held = m.createBurst(() => ++taken > 0, 20, 60_000, () => {});
        held.begin();
        held.begin();
        held.end();
        return [await burst(5, 99), await burst(99, 3), taken, held.isOn()];
    """
    assert call("data/component/collect/burst.js", body) == [5, 3, 1, False]
