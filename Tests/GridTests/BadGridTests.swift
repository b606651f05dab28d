import Grid
import RouteGridBase
import RoutingData
import Testing

/// Every way in which a grid file can be wrong gives one line with file, line, field and what was expected.
struct BadGridTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var yaml: String
        var message: String
        var testDescription: String { message }

        init(_ yaml: String, _ message: String) {
            self.yaml = yaml
            self.message = message
        }
    }

    private static let head = "datasets: {one: one}\n"
    private static let tail = "\nrouters: [oracle]\n"

    static let cases: [Case] = [
        // The file.
        Case("", "grid.yaml: the file is empty: expected a grid"),
        Case("- a\n- b\n", "grid.yaml:1: expected a grid file's keys, found a list"),
        Case("a: [1\nb: 2", "grid.yaml:2: not YAML: did not find expected ',' or ']'"),
        Case(head + "routers: [oracle]\nrouters: [knn]", "grid.yaml:2: given twice: routers"),
        Case(
            "schema: routegrid/grid/v2\n" + head,
            "grid.yaml:1: schema: expected routegrid/grid/v1, found \"routegrid/grid/v2\""
        ),
        Case(head + "rooters: [oracle]", "grid.yaml:2: unknown key \"rooters\"; did you mean \"routers\"?"),
        Case(head, "grid.yaml:1: \"routers\" is missing: expected at least one router"),
        Case("routers: [oracle]", "grid.yaml:1: \"datasets\" is missing: expected at least one dataset"),
        Case(head + "mode: sond" + tail, "grid.yaml:2: mode: expected one of compat, sound, found \"sond\""),
        Case(
            head + "priority: high" + tail,
            "grid.yaml:2: priority: expected an integer from -1000000 to 1000000, found \"high\""
        ),
        // Datasets.
        Case("datasets: {}" + tail, "grid.yaml:1: datasets: expected at least one dataset"),
        Case(
            "datasets: {one: {pth: x}}" + tail,
            "grid.yaml:1: datasets.one: unknown key \"pth\"; did you mean \"path\"?"
        ),
        Case("datasets: {one: two}" + tail, "grid.yaml:1: datasets.one.path: no dataset folder at two"),
        Case(
            "datasets: {one: {path: one, sha256: abc}}" + tail,
            "grid.yaml:1: datasets.one.sha256: expected 64 hex digits"
        ),
        Case(
            "datasets: {one: {path: one, where: {group: [g9]}}}" + tail,
            "grid.yaml:1: datasets.one: dataset one: where.group: no sample has \"g9\"; did you mean \"g0\"?"
        ),
        Case(
            "datasets: {one: {path: one, where: {grup: [g1]}}}" + tail,
            "grid.yaml:1: datasets.one.where: unknown key \"grup\"; did you mean \"group\"?"
        ),
        // Routers and their parameters.
        Case(head + "routers: []", "grid.yaml:2: routers: expected at least one router"),
        Case(
            head + "routers:\n  - oracle\n  - {kind: knm}",
            "grid.yaml:4: routers[1].kind: unknown router \"knm\"; did you mean \"knn\"?"
        ),
        Case(head + "routers: [{k: 5}]", "grid.yaml:2: routers[0]: \"kind\" is missing: expected a router's kind"),
        Case(
            head + "routers: [{kind: knn, kk: 5}]",
            "grid.yaml:2: routers[0].kk: router knn has no parameter \"kk\"; did you mean \"k\"?"
        ),
        Case(
            head + "routers: [{kind: oracle, k: 5}]",
            "grid.yaml:2: routers[0].k: router oracle has no parameter \"k\"; it has none"
        ),
        Case(
            head + "routers:\n  - {kind: knn, k: [5, 0]}",
            "grid.yaml:3: routers[0].k[1]: expected an integer from 1 to 1000000, found \"0\""
        ),
        Case(
            head + "routers: [{kind: knn, metric: l1}]",
            "grid.yaml:2: routers[0].metric: expected one of cosine, euclidean, found \"l1\""
        ),
        Case(
            head + "routers: [{kind: linear, l2: -1}]",
            "grid.yaml:2: routers[0].l2: expected a number of at least 0, found \"-1\""
        ),
        Case(
            head + "routers: [{kind: linear, l2: nan}]",
            "grid.yaml:2: routers[0].l2: expected a number of at least 0, found \"nan\""
        ),
        Case(
            head + "routers: [{kind: linear, l2: \"logspace(-3,1)\"}]",
            "grid.yaml:2: routers[0].l2: expected logspace(first exponent, last exponent, count up to 100000), found \"logspace(-3,1)\""
        ),
        Case(
            head + "routers: [{kind: knn, k: \"range(5,1)\"}]",
            "grid.yaml:2: routers[0].k: \"range(5,1)\" is empty"
        ),
        Case(
            head + "routers: [{kind: knn, k: [5, 5.0]}]",
            "grid.yaml:2: routers[0].k[1]: expected an integer from 1 to 1000000, found \"5.0\""
        ),
        Case(head + "routers: [{kind: linear, l2: [0.1, 0.10]}]", "grid.yaml:2: routers[0].l2: a value is given twice"),
        Case(head + "routers: [fixed]", "grid.yaml:2: routers[0]: router fixed needs \"model\": a non-empty text"),
        Case(
            head + "routers: [{kind: fixed, model: A}]",
            "grid.yaml:2: routers[0].model: dataset one has no model \"A\"; did you mean \"a\"?"
        ),
        Case(
            head + "routers: [{kind: knn, k: [5, 13]}]",
            "grid.yaml:2: routers[0].k: 13 is more than the 12 train rows of dataset one under split random (seed 1, index 0)"
        ),
        Case(
            head + "routers: [kmeans]",
            "grid.yaml:2: routers[0].clusters: 20 is more than the 12 train rows of dataset one under split random "
                + "(seed 1, index 0)"
        ),
        Case(
            head + "routers: [oracle]\ninclude: [{router: oracle, dataset: two}]",
            "grid.yaml:3: include[0].dataset: unknown dataset \"two\"; known: one"
        ),
        // Axes.
        Case(
            head + "models: [[a, d]]" + tail,
            "grid.yaml:2: models[0]: dataset one has no model \"d\"; did you mean \"a\"?"
        ),
        Case(
            head + "models: [a, b]" + tail,
            "grid.yaml:2: models[0]: expected all, leave-one-out or a list of models, found \"a\""
        ),
        Case(head + "models: [[\"glob(z*)\"]]" + tail, "grid.yaml:2: models[0]: glob(z*) matches none of a, b, c"),
        Case(
            head + "encoders: [{txt: default}]" + tail,
            "grid.yaml:2: encoders[0]: unknown key \"txt\"; did you mean \"text\"?"
        ),
        Case(
            head + "encoders: [{text: bge, image: default}]\nrouters: [linear]",
            "grid.yaml: dataset one has no text embedding \"bge\", which modality both reads; known: default"
        ),
        Case(
            head + "encoders: [{text: default}]\nrouters: [linear]",
            "grid.yaml:2: encoders[0]: no image encoder, which modality both reads"
        ),
        Case(
            head + "modality: [txt]" + tail,
            "grid.yaml:2: modality[0]: expected one of text, image, both, found \"txt\""
        ),
        Case(
            head + "modality: [text, {train: text, test: text}]" + tail,
            "grid.yaml:2: modality[1]: this modality is given twice"
        ),
        Case(head + "fusion: [meen]" + tail, "grid.yaml:2: fusion[0]: unknown fusion \"meen\"; did you mean \"mean\"?"),
        Case(
            head + "fusion: [{kind: weighted, text: 1.5}]" + tail,
            "grid.yaml:2: fusion[0].text: expected a number from 0 to 1, found \"1.5\""
        ),
        Case(head + "seeds: [0, 1, 0]" + tail, "grid.yaml:2: seeds: 0 is given twice"),
        Case(head + "seeds: []" + tail, "grid.yaml:2: seeds: expected at least one seed"),
        // Splits.
        Case(
            head + "splits: [{kind: rendom}]" + tail,
            "grid.yaml:2: splits[0].kind: unknown split \"rendom\"; did you mean \"random\"?"
        ),
        Case(
            head + "splits: [{kind: random, train: 0.6, test: 0.4}]" + tail,
            "grid.yaml:2: splits[0]: mode sound chooses on dev: expected a dev part above 0"
        ),
        Case(
            head + "splits: [{kind: compat, train: 0.2}]" + tail,
            "grid.yaml:2: splits[0]: mode sound chooses on dev, and split compat has no dev part"
        ),
        Case(
            head + "splits: [{kind: random, train: 0.9, dev: 0.2, test: 0.2}]" + tail,
            "grid.yaml:2: splits[0]: expected train and test above 0, and train + dev + test of at most 1"
        ),
        Case(
            head + "splits: [{kind: random, train: 0.96, dev: 0.02, test: 0.02}]" + tail,
            "grid.yaml:2: splits[0]: dataset one: split random (seed 1, index 0): the dev part is empty: 20 samples are "
                + "too few for these fractions"
        ),
        Case(
            head + "mode: compat\nsplits: [{kind: compat, train: 0.01}]" + tail,
            "grid.yaml:3: splits[0]: dataset one: split compat (seed 42, index 0): the train part is empty: 20 samples "
                + "are too few for these fractions"
        ),
        Case(
            head + "splits: [{kind: random, train: 0.6, dev: 0.2, test: 0.2, indx: 1}]" + tail,
            "grid.yaml:2: splits[0]: unknown key \"indx\"; did you mean \"index\"?"
        ),
        // Budgets.
        Case(
            head + "budgets: {rule: treshold}" + tail,
            "grid.yaml:2: budgets.rule: unknown rule \"treshold\"; did you mean \"threshold\"?"
        ),
        Case(
            head + "budgets: {rule: threshold, at: [exact, half]}" + tail,
            "grid.yaml:2: budgets.at[1]: expected exact, a multiple such as 0.5x, or an amount of at least 0, found \"half\""
        ),
        Case(head + "budgets: {at: [0.5x, 0.50x]}" + tail, "grid.yaml:2: budgets.at[1]: this budget is given twice"),
        Case(
            head + "routers: [softmax]",
            "grid.yaml:2: routers[0]: router softmax has no operating point under rule threshold"
        ),
        Case(
            head + "budgets: {rule: penalty, at: [0.5x]}" + tail,
            "grid.yaml:2: budgets.at[0]: expected exact or lambda=NUMBER under rule penalty, found \"0.5x\""
        ),
        Case(head + "budgets: {raw: true}" + tail, "grid.yaml:2: budgets.raw: only rule penalty has raw"),
        Case(
            head + "budgets: {rule: soft-label, at: [-1]}" + tail,
            "grid.yaml:2: budgets.at[0]: expected λ of at least 0, or inf, found \"-1\""
        ),
        // Widths.
        Case(
            head + "mode: compat\nmodality: [{train: both, test: text}]\nrouters: [linear]",
            "grid.yaml:3: modality[0]: mode compat: router linear on dataset one under fusion mean trains on both with 3 "
                + "features and predicts from text with 4: expected features of one width, or this left out by exclude"
        ),
        Case(
            head + "mode: compat\nmodality: [{train: image, test: text}]\nrouters: [linear]",
            "grid.yaml:3: modality[0]: mode compat: router linear on dataset one trains on image with 3 features and "
                + "predicts from text with 4: expected features of one width, or this left out by exclude"
        ),
        Case(
            head + "mode: compat\nmodality: [{train: image, test: text}]\nrouters: [{kind: kmeansnew, clusters: 2}]",
            "grid.yaml:3: modality[0]: mode compat: router kmeansnew on dataset one under fusion adaptive trains on image "
                + "with 3 features and predicts from text with 4: expected features of one width, or this left out by "
                + "exclude"
        ),
        // Rows that some model answers correctly: eleven of the twelve.
        Case(
            head + "budgets: {rule: soft-label, at: [0]}\nrouters: [{kind: knn-label, k: 12}]",
            "grid.yaml:3: routers[0].k: 12 is more than the 11 train rows of dataset one with a correct model under split "
                + "random (seed 1, index 0)"
        ),
        // Exclusions, counts, settings.
        Case(
            head + "exclude: [{dataset: one}]" + tail,
            "grid.yaml: the grid has 0 cells: exclude leaves out all 1"
        ),
        Case(
            head + "exclude: [{dtaset: one}]" + tail,
            "grid.yaml:2: exclude[0]: unknown key \"dtaset\"; did you mean \"dataset\"?"
        ),
        Case(head + "exclude: [{}]" + tail, "grid.yaml:2: exclude[0]: expected at least one field: this excludes all"),
        Case(
            head + "limits: {cells: 50}\nseeds: \"range(0,51)\"\nrouters: [random]",
            "grid.yaml: the grid has 51 cells, more than limits.cells = 50; raise it if that is meant"
        ),
        Case(
            head + "limits: {fit_timeout: 30}" + tail,
            "grid.yaml:2: limits.fit_timeout: expected a duration such as 90s, 30m or 2h, found \"30\""
        ),
        Case(
            head + "limits: {max_fails: many}" + tail,
            "grid.yaml:2: limits.max_fails: expected a number of cells or a percentage such as 1%, found \"many\""
        ),
        Case(
            head + "resources: {memory: 2}" + tail,
            "grid.yaml:2: resources.memory: expected an amount of memory of at least 1 MiB such as 512MiB or 2GiB, found \"2\""
        ),
        Case(
            head + "statistics: {cluster: prmpt}" + tail,
            "grid.yaml:2: statistics.cluster: expected one of sample, prompt, found \"prmpt\""
        ),
        Case(
            head + "splits: [{kind: kfold, folds: 4, dev: 0.2, test: 0.2}]" + tail,
            "grid.yaml:2: splits[0].test: a fold is the test part; expected no test, or {fraction: …, fixed: true} with a "
                + "fraction between 0 and 1: then that is the test part of every index, and the fold is the dev part"
        ),
        Case(
            head + "splits: [{kind: kfold, folds: 4, dev: 0.2, test: {fraction: 0.2, fixed: true}}]" + tail,
            "grid.yaml:2: splits[0].dev: with a fixed test part the fold is the dev part: expected no dev"
        ),
        Case(
            head + "splits: [{kind: random, train: 0.6, dev: 0.2, test: {fraction: 0.2, fixed: maybe}}]" + tail,
            "grid.yaml:2: splits[0].test.fixed: expected true or false, found \"maybe\""
        ),
        Case(
            head + "select: {metric: nauc_sharde}" + tail,
            "grid.yaml:2: select.metric: unknown metric \"nauc_sharde\"; did you mean \"nauc_shared\"?"
        ),
        Case(
            head + "select: {metric: nauc_own}" + tail,
            "grid.yaml:2: select.metric: nauc_own is taken over each router's own cost range and does not compare; use "
                + "nauc_shared"
        ),
        Case(
            head + "select: {metric: accuracy, per: [dataset, router.knd]}" + tail,
            "grid.yaml:2: select.per[1]: unknown field \"router.knd\"; did you mean \"router.kind\"?"
        ),
        Case(
            head + "select: {per: [dataset]}" + tail,
            "grid.yaml:2: select: \"metric\" is missing: expected a metric's name"
        ),
        Case(
            head + "mode: compat\nselect: {metric: accuracy}" + tail,
            "grid.yaml:3: select: mode compat follows the benchmarks' code, which reads test with every setting: select "
                + "needs mode sound"
        ),
        Case(
            head + "select: {metric: nauc_shared}\nbudgets: {at: [0.5x]}" + tail,
            "grid.yaml:2: select.metric: nauc_shared is of a whole curve, and router oracle has no budget exact under rule "
                + "threshold; expected budget exact, or one of accuracy, mean_cost, regret, rank_score"
        ),
        Case(
            head + "select: {metric: accuracy}\nsplits: [{kind: random, train: 0.5, test: 0.5}]" + tail,
            "grid.yaml:3: splits[0]: mode sound chooses on dev: expected a dev part above 0"
        ),
        Case(
            head + "select: {metric: nauc_shared, on: test}" + tail,
            "grid.yaml:2: select.on: expected dev, found \"test\""
        ),
        Case(head + "prices: {sheet: none.json}" + tail, "none.json: no such file or folder"),
    ]

    @Test(arguments: cases)
    func `one line says what is wrong and where`(_ bad: Case) throws {
        #expect(try DatasetFixture.message(bad.yaml) == bad.message)
    }

    @Test func `a file that is not there is named`() {
        #expect {
            try GridFile(path: "/nowhere/grid.yaml")
        } throws: {
            "\($0)" == "/nowhere/grid.yaml: no such file or folder" && ($0 as? RouteGridError)?.code == .badInput
        }
    }

    @Test func `a dataset without the embedding that a modality reads is named, unless it is excluded`() throws {
        let datasets = [
            DatasetFixture.dataset("one"), DatasetFixture.dataset("words", image: false),
        ]
        let yaml = """
            datasets: {one: one, words: words}
            modality: [both, text]
            routers: [linear, oracle]

            """
        let message = try DatasetFixture.message(yaml, datasets: datasets)
        #expect(
            message
                == "grid.yaml: dataset words has no image embedding \"default\", which modality both reads; it has none; "
                + "for text alone: modality: [text]"
        )
        let excluded = yaml + "exclude: [{dataset: words, modality: both}]\n"
        #expect(try DatasetFixture.message(excluded, datasets: datasets) == "no error")
    }

    @Test func `leave-one-out needs two models`() throws {
        let yaml = "datasets: {one: one}\nmodels: [leave-one-out]\nrouters: [oracle]"
        let message = try DatasetFixture.message(yaml, datasets: [DatasetFixture.dataset("one", models: ["a"])])
        #expect(message == "grid.yaml:2: models[0]: leave-one-out needs two models, dataset one has one")
    }

    @Test func `a budget in dollars needs costs in dollars`() throws {
        let yaml = "datasets: {one: one}\nbudgets: {at: [\"$0.5\"]}\nrouters: [oracle]"
        let message = try DatasetFixture.message(yaml, datasets: [DatasetFixture.dataset("one", costUnit: "MAC")])
        #expect(message == "grid.yaml:2: budgets.at[0]: a budget in $ needs costs in USD, dataset one costs MAC")
        #expect(try DatasetFixture.message(yaml) == "no error")
    }

    @Test func `other content than asked for is refused`() throws {
        let sha = String(repeating: "0", count: 64)
        let yaml = "datasets: {one: {path: one, sha256: \"\(sha)\"}}\nrouters: [oracle]"
        let content = DatasetFixture.dataset("one").contentDigest
        let message = try DatasetFixture.message(yaml)
        #expect(message == "grid.yaml:1: datasets.one.sha256: expected content \(sha), one has \(content)")
    }
}
