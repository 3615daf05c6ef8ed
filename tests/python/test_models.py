"""Models: from a split to a compared, tuned, explained and saved pipeline.

The cells are those of a person who tries ideas; each is compiled for this file.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from client import COLOURS, PATIENCE, result, stdout

FIVE_IDEAS = """compare(&train, "species")
    .add("raw", Pipeline::new().step("impute", SimpleImputer::median()).model(knn(5)))
    .add("scaled", Pipeline::new().step("impute", SimpleImputer::median()).step("scale", StandardScaler::new()).model(knn(5)))
    .add("robust", Pipeline::new().step("impute", SimpleImputer::median()).step("scale", RobustScaler::new()).model(knn(5)))
    .add("quantile", Pipeline::new().step("impute", SimpleImputer::median()).step("scale", QuantileTransformer::new()).model(knn(5)))
    .add("pca", Pipeline::new().step("impute", SimpleImputer::median()).step("scale", StandardScaler::new()).step("pca", PCA::new(2)).model(knn(5)))
    .cv(StratifiedKFold::new(5).seed(7))
    .metrics(["accuracy", "f1_macro"])
    .run()?                                         // rows fill in while it runs"""

SEARCH = """let search = RandomSearch::new(&pipeline)
    .param("model__c", log_uniform(1e-3, 1e2))
    .param("columns__numeric__simple_imputer__strategy", ["mean", "median"])
    .trials(60).cv(5).metric("f1_macro").seed(7)
    .fit(&train, "species")?;"""

# A metric that takes its time, so that there is something to see and to interrupt.
SLOW = """let slow = Metric::custom("slow", true, |truth, guess| {
    std::thread::sleep(std::time::Duration::from_millis(80));
    accuracy_score(truth, guess)
});"""


@pytest.fixture(scope="module")
def models(nb):
    nb.run("""use ferrite::prelude::*;
let penguins = datasets::penguins()?;
let (train, test) = train_test_split(&penguins, 0.25).stratify("species").seed(7).split()?;""")
    nb.run("""let pipeline = Pipeline::new()
    .step("columns", ColumnTransformer::new()
        .numeric([SimpleImputer::median().into(), StandardScaler::new().into()])
        .categorical([OneHotEncoder::new().into()]))
    .model(LogisticRegression::new().c(1.0));""")
    nb.run('let fitted = pipeline.fit(&train, "species")?;')
    # Of numbers only, for five ideas that know nothing else.
    nb.run("""let measured = ["species", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"];
let (train, everything) = (train.select(measured)?, train);""")
    return nb


class Page(HTMLParser):
    """The rows of the tables of a page, its drawings, and whether its tags match."""

    ALONE = {"br", "hr", "img", "input", "meta"}

    def __init__(self, html):
        super().__init__()
        self.open, self.rows, self.drawings, self.cell = [], [], 0, None
        self.feed(html)
        assert self.open == [], self.open

    def handle_starttag(self, tag, attributes):
        if tag not in self.ALONE:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self.drawings += tag == "svg"

    def handle_startendtag(self, tag, attributes):
        self.drawings += tag == "svg"

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> in {self.open}"
        self.open.pop()

    def handle_data(self, data):
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data


def changes(outputs):
    """What was shown on the way: the texts of one output and of its updates."""
    names = {output[1] for output in outputs if output[0] == "update_display_data"}
    assert len(names) == 1, f"one output is updated, not {names}"
    first = next(output for output in outputs if output[0] == "display_data")
    later = [output[2] for output in outputs if output[0] == "update_display_data"]
    return [data["text/plain"] for data in [first[1], *later]]


def last(outputs):
    """The formats of the last expression."""
    assert outputs[-1][0] == "execute_result" or outputs[-1][0] == "display_data", outputs[-1]
    return outputs[-1][1]


def both(data):
    """The text and the page of a rich result."""
    assert set(data) == {"text/plain", "text/html"}, set(data)
    return data["text/plain"], Page(data["text/html"])


# --- comparing ------------------------------------------------------------------


def test_five_ideas_in_one_cell(models):
    text, page = both(last(models.run(FIVE_IDEAS)))
    heading, *rows = text.splitlines()
    assert heading.split() == ["pipeline", "accuracy", "f1_macro", "difference", "to", "best", "fit", "predict"]
    names = ["raw", "scaled", "robust", "quantile", "pca"]
    places = {line.split()[1]: line for line in rows if re.match(r" *[1-5]  ", line)}
    assert sorted(places) == sorted(names), text
    # Grams are not to outweigh millimetres.
    assert list(places)[-1] == "raw", text
    for line in places.values():
        assert len(re.findall(r"0\.\d{3} ± 0\.\d{3}", line)) == 2, line
    assert re.search(r"^ *1  \w+ .*  best  ", text, re.M), text
    assert "5 folds of 258 rows to predict species; mean ± standard deviation over folds" in text
    table = {row[1]: row for row in page.rows if len(row) > 1}
    assert set(names) <= set(table)
    best = next(name for name, line in places.items() if "best" in line)
    assert table[best][0] == "★"
    # Folds of each idea, and differences of all but the best.
    assert page.drawings == 5 + 4
    assert sorted(row[0] for row in page.rows if row[1:2] and row[1] in names) == ["2", "3", "4", "5", "★"]


def test_a_leaderboard_is_asked(models):
    models.run('let board = compare(&train, "species")\n'
               '    .add("gaps", Pipeline::new().model(knn(5)))\n'
               '    .add("tree", Pipeline::new().step("impute", SimpleImputer::median()).model(DecisionTreeClassifier::new().max_depth(3)))\n'
               '    .add("bayes", Pipeline::new().step("impute", SimpleImputer::median()).model(GaussianNB::new()))\n'
               "    .cv(3)\n    .run()?;")
    text, page = both(models.show("board"))
    # What fails is a row with its error, in the words of the error.
    assert re.search(r'^✗ gaps: missing values in "bill_length_mm"', text, re.M), text
    assert ["✗", "gaps"] == next(row[:2] for row in page.rows if "gaps" in row)
    assert models.text("board.best_name()?") in ('"bayes"', '"tree"')
    assert models.text('board.scores("bayes", "accuracy")?.len()') == "3"
    frame = models.show("board.frame()?")
    assert "difference_low" in frame["text/plain"] and "3 rows × 12 columns" in frame["text/plain"]
    chart = models.show("board.chart()")
    assert "bayes" in chart["image/svg+xml"]
    models.run('let best = board.best()?.fit(&train, "species")?;')
    assert float(models.text("best.evaluate(&test)?.accuracy()?")) > 0.9


def test_rows_fill_in_while_it_runs(models):
    models.run(SLOW)
    outputs = models.run(
        'compare(&train, "species")\n'
        '    .add("three", Pipeline::new().step("impute", SimpleImputer::median()).model(knn(3)))\n'
        '    .add("nine", Pipeline::new().step("impute", SimpleImputer::median()).model(knn(9)))\n'
        "    .cv(4).metrics([slow.clone()]).run()?"
    )
    first, *on, final = changes(outputs)
    assert re.match(r"fit \d of 8", first) and "waiting" in first, first
    counts = [int(re.match(r"fit (\d) of 8", text)[1]) for text in [first, *on]]
    assert counts == sorted(counts) and len(set(counts)) > 1, counts
    assert "three" in first and "nine" in first
    assert re.fullmatch(r"compared 2 pipelines on 4 folds in [\d.]+ m?s; best: \w+ with slow 0\.\d+", final), final
    # The last state of the running output, and then the leaderboard.
    assert [output[0] for output in outputs[-2:]][1] in ("execute_result", "display_data")
    assert "slow" in last(outputs)["text/plain"]


# --- validating and searching ------------------------------------------------------


def test_cross_validation(models):
    text, page = both(last(models.run(
        'cross_validate(&pipeline, &everything, "species")\n'
        '    .cv(StratifiedKFold::new(5).seed(7))\n    .metrics(["accuracy", "f1_macro", "log_loss"])\n    .run()?'
    )))
    for metric in ("accuracy", "f1_macro", "log_loss"):
        assert metric in text
        assert any(metric in cell for row in page.rows for cell in row)
    models.run('let scores = cross_validate(&pipeline, &everything, "species").cv(3).run()?;')
    assert float(models.text('scores.mean("accuracy")?')) > 0.95
    assert models.text('scores.scores("accuracy")?.len()') == "3"


def test_a_search(models):
    models.run(SEARCH.replace("&train", "&everything"))
    diagram = models.show("search.best()                                       // and more")
    assert "LogisticRegression" in diagram["text/plain"] and "text/html" in diagram
    results = models.show("search.results()")["text/plain"]
    assert "60 rows × 9 columns" in results, results
    for name in ("model__c", "columns__numeric__simple_imputer__strategy", "mean_f1_macro", "rank"):
        assert name in results
    chart = models.show("search.importance()")["image/svg+xml"]
    assert "model__c" in chart and "<svg" in chart
    text, page = both(models.show("search"))
    assert text.startswith("best f1_macro 0.9") and "\n  model__c = " in text, text
    assert "60 trials on 5 folds of 258 rows to predict species" in text
    assert page.drawings == 1 and page.rows[0][2:] == ["model__c", "columns__numeric__simple_imputer__strategy"]
    assert float(models.text("search.best_score()")) > 0.95
    assert models.text("search.best().predict(&test)?.len() == test.height()") == "true"


def test_a_search_shows_how_far_it_is(models):
    models.run(SLOW)
    outputs = models.run(
        'let search = GridSearch::new(&Pipeline::new().step("impute", SimpleImputer::median()).model(knn(5)))\n'
        '    .param("model__n_neighbors", [1, 3, 5, 9, 15])\n    .cv(2).metric(slow.clone()).fit(&train, "species")?;'
    )
    *on, final = changes(outputs)
    numbers = [int(re.match(r"GridSearch: trial (\d) of 5", text)[1]) for text in on]
    assert numbers == sorted(numbers) and len(set(numbers)) > 1, numbers
    assert re.match(r"GridSearch: 5 trials on 2 folds of 258 rows to predict species in .*; best slow 0\.\d+$", final), final


# --- explaining -----------------------------------------------------------------------


def test_importance_of_columns(models):
    text, page = both(models.show("fitted.permutation_importance(&test).repeats(5).run()?"))
    heading, *rows = text.splitlines()
    assert re.fullmatch(r"how much accuracy \((0\.9\d*|1\.0*)\) falls when a column is shuffled", heading), text
    # The most important one first; the bill tells the species.
    falls = {row.split()[0]: float(row.split()[1]) for row in rows}
    assert len(falls) == 7 and list(falls)[0] == "bill_length_mm", text
    assert list(falls.values()) == sorted(falls.values(), reverse=True), text
    assert page.drawings == 1


def test_dependence_coefficients_and_shares(models):
    assert "<svg" in str(models.show('fitted.partial_dependence(&test, "flipper_length_mm").run()?'))
    coefficients = models.show("fitted.coefficients()?")["text/plain"]
    assert "flipper_length_mm" in coefficients and "Gentoo" in coefficients
    assert "<svg" in str(models.show("fitted.shap_values(&test)?"))
    models.run('let tree = Pipeline::new().step("impute", SimpleImputer::median())\n'
               '    .model(DecisionTreeClassifier::new().max_depth(2)).fit(&train, "species")?;')
    assert "Gentoo" in models.show("tree.tree(0)?")["text/plain"]


def test_an_evaluation_has_its_confusion_matrix(models):
    text, page = both(models.show("fitted.evaluate(&test)?"))
    for name in ("Adelie", "Chinstrap", "Gentoo", "macro avg", "support"):
        assert name in text and any(name in row for row in page.rows)
    assert "target species on 86 rows" in text


# --- saving ----------------------------------------------------------------------------


def test_a_pipeline_is_saved_loaded_and_predicts(models):
    models.run('fitted.save("penguins.ferrite")?;                   // and later, or elsewhere')
    models.run("let new_rows = test.drop(\"species\")?;")
    assert models.run('load("penguins.ferrite")?.predict(&new_rows)?.equals(&fitted.predict(&test)?)') == [result("true")]
    # The first bytes say what the file is; one changed byte later on is noticed.
    models.run('let mut bytes = std::fs::read("penguins.ferrite")?;\nlet middle = bytes.len() / 2;\nbytes[middle] ^= 1;\n'
               'std::fs::write("damaged.ferrite", &bytes)?;')
    failure = models.fail('load("damaged.ferrite")?')
    assert failure.name == "MlError" and "damaged: its checksum does not match" in failure.value


# --- what goes wrong --------------------------------------------------------------------


@pytest.mark.parametrize(("right", "wrong", "code"), [
    (".metrics(", ".metric(", "E0599"),
    (".cv(StratifiedKFold", ".folds(StratifiedKFold", "E0599"),
    ('.metrics(["accuracy", "f1_macro"])', ".metrics(5)", "E0277"),
    ("knn(5)))\n    .add(\"pca\"", "knn()))\n    .add(\"pca\"", "E0061"),
    ("PCA::new(2)", "Pca::new(2)", "E0433"),
    ('.add("raw", Pipeline::new().step("impute", SimpleImputer::median()).model(knn(5)))', '.add("raw", "knn")', "E0277"),
])
def test_a_slip_is_a_short_error(models, right, wrong, code):
    assert right in FIVE_IDEAS
    failure = models.fail(FIVE_IDEAS.replace(right, wrong))
    assert failure.name == code, failure.text
    # Half of it is the cell itself, whose longest line has some 130 letters.
    lines = failure.text.splitlines()
    assert len(lines) <= 18, failure.text
    assert max(map(len, lines)) <= 180, failure.text
    assert "/crates/" not in failure and "ferrite_ml::compare" not in failure, failure.text


def test_a_misspelt_method_of_a_search(models):
    failure = models.fail(SEARCH.replace(".trials(60)", ".trails(60)"))
    assert failure.name == "E0599" and "trials" in failure.text
    assert len(failure.text.splitlines()) <= 17, failure.text


@pytest.mark.parametrize(("code", "says"), [
    (FIVE_IDEAS.replace('"species"', '"specie"'),
     'no column "specie" in this frame; did you mean "species"?'),
    (FIVE_IDEAS.replace('"f1_macro"', '"f1_makro"'), 'did you mean "f1_macro"?'),
    (SEARCH.replace("model__c", "model__d"), 'LogisticRegression has no parameter "d"\n       parameters: c, '),
    (SEARCH.replace("simple_imputer", "imputer"), "simple_imputer"),
    ('fitted.predict(&test.drop("island")?)?', "island"),
    ('fitted.partial_dependence(&test, "flipper_len_mm").run()?', '"flipper_length_mm"'),
])
def test_a_wrong_name_is_told_in_a_sentence(models, code, says):
    failure = models.fail(code)
    assert failure.name == "MlError" and says in failure.value, failure.text
    assert len(failure.text.splitlines()) <= 6, failure.text
    assert COLOURS.sub("", failure.raw).count("MlError") == 1, failure.text


def test_an_interrupt_of_a_long_search_keeps_variables_and_the_journal(models):
    models.run("let kept = vec![1, 2, 3];")
    models.run(SLOW)
    search = ('RandomSearch::new(&pipeline)\n    .param("model__c", log_uniform(1e-3, 1e2))\n'
              '    .trials(@).cv(2).metric(slow.clone()).seed(7).journal("long.journal").fit(&everything, "species")?')
    ticket = models.send('println!("started");\nlet long = ' + search.replace("@", "100_000") + ";")
    models.until(ticket, "started\n")
    # Some trials are over when the running output is there.
    while not any(output[0] == "update_display_data" for output in models.results[ticket].outputs):
        models.listen()
    models.interrupt()
    cell = models.wait(ticket)
    assert cell.status == "error" and cell.outputs[0] == stdout("started\n")
    failure = cell.failure()
    assert failure.name == "Interrupted" and "lost" not in failure, failure.text
    assert models.run("kept") == [result("[1, 2, 3]")]
    assert models.fail("long").name == "E0425"
    # It goes on where it was.
    models.run("let again = " + search.replace("@", "24") + ";")
    assert int(models.text("again.resumed_trials()")) > 0
    assert models.text("again.results().height()") == "24"


def test_an_interrupt_of_a_comparison(models):
    models.run(SLOW)
    ticket = models.send('println!("started");\ncompare(&train, "species")\n'
                         '    .add("one", Pipeline::new().step("impute", SimpleImputer::median()).model(knn(1)))\n'
                         "    .cv(RepeatedStratifiedKFold::new(10, 100)).metrics([slow.clone()]).run()?")
    models.until(ticket, "started\n")
    models.interrupt()
    assert models.wait(ticket).failure().name == "Interrupted"
    assert models.run("train.height()") == [result("258")]


# --- the notebook that teaches it -----------------------------------------------------------


def test_the_notebook_runs_and_shows_everything():
    folder = Path(__file__).parents[2] / "notebooks"
    notebook = nbformat.read(folder / "04_models.ipynb", as_version=4)
    client = NotebookClient(notebook, kernel_name="ferrite", timeout=PATIENCE, startup_timeout=PATIENCE,
                            resources={"metadata": {"path": str(folder)}})
    done = client.execute()
    nbformat.validate(done)
    outputs = [output for cell in done.cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    results = [output.data for output in outputs if output.output_type == "execute_result"]
    texts = "\n".join(data["text/plain"] for data in results)
    printed = "\n".join(output.text for output in outputs if output.output_type == "stream")
    for data in results:
        Page(data.get("text/html", ""))
    for part in ("258 rows × 5 columns", "LogisticRegression", "f1-score", "20 folds of 258 rows", "✗ no filling: missing",
                 "60 trials on 5 folds", "falls when a column is shuffled", "coefficients for Adelie", "<= "):
        assert part in texts or any(part in data.get("text/html", "") for data in results), part
    assert "the same answers: true" in printed and "sex" in printed
    # The baseline is last, whatever the others are.
    board = next(data["text/plain"] for data in results if "always the commonest" in data["text/plain"])
    assert re.search(r"^ *5  always the commonest", board, re.M), board
