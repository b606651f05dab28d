import Catalog
import Grid
import RouteGridBase
import RoutingData
import Testing

/// The two stages of a grid with `select`, and the choice between them.
struct SelectionTests {
    private static let yaml = """
        datasets: {one: one}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: TEST, seed: 1, index: [0, 1]}]
        modality: [text]
        routers: [{kind: knn, k: [1, 3, 5]}, {kind: kmeans, clusters: [2, 4]}, oracle]
        seeds: [0, 1]
        budgets: {at: [exact, 0.5x]}
        select: {metric: METRIC, on: dev, per: [PER]}
        """

    /// One test part for both indices, so that a mean over them may decide.
    private static let fixed = "{fraction: 0.3, fixed: true}"

    private func lock(
        _ metric: String = "accuracy",
        per: String = "dataset, split, router.kind",
        _ more: String = "",
        test: String = fixed
    ) throws -> GridLock {
        let text = Self.yaml.replacing("METRIC", with: metric).replacing("PER", with: per)
            .replacing("TEST", with: test)
        return try DatasetFixture.resolve(text + "\n" + more).lock
    }

    /// Freezes the choice with a dev reading for each cell, made of the fit and the split.
    private func frozen(_ lock: GridLock, _ reading: (FitIdentity, CellID) -> MetricReading?) throws -> FrozenSelection
    {
        var tally = try #require(SelectionTally(lock))
        for group in 0..<lock.groupCount {
            var readings: [JobKey: MetricReading] = [:]
            for job in tally.judgingJobs(ofGroup: group) {
                readings[job.jobKey] = reading(lock.fit(ofGroup: group), job.cell)
            }
            tally.add(group: group, readings: readings)
        }
        return tally.frozen()
    }

    private func parameter(_ fit: FitIdentity) -> Int {
        (fit.router.parameters["k"] ?? fit.router.parameters["clusters"])?.integerValue ?? 0
    }

    private func chosen(_ selection: FrozenSelection) -> [JSONValue?] {
        selection.choices.map { $0.chosen?.configuration["router"] }
    }

    @Test func `every test cell is deferred and no dev cell is`() throws {
        let lock = try lock()
        for cell in 0..<CellID(lock.cellCount) {
            #expect(lock.isDeferred(cell) == (lock.job(ofCell: cell).part == .test))
        }
        #expect(lock.deferredCount == lock.cellCount / 2 && lock.firstStageCount == lock.cellCount / 2)
        #expect(!lock.isUnsealed)
        #expect(try GridLock(parsing: lock.bytes).bytes == lock.bytes)
    }

    @Test func `a test cell has the same key with and without select`() throws {
        let sealed = try lock()
        let text = Self.yaml.split(separator: "\n").filter { !$0.hasPrefix("select") }.joined(separator: "\n")
        let open = try DatasetFixture.resolve(text.replacing("TEST", with: Self.fixed)).lock
        let tests = (0..<sealed.groupCount).flatMap { sealed.jobs(ofGroup: $0) }.filter { sealed.isDeferred($0.cell) }
        #expect(tests.map(\.jobKey) == (0..<open.groupCount).flatMap { open.jobs(ofGroup: $0).map(\.jobKey) })
    }

    @Test func `the best mean over seeds and split indices is chosen, with all its seeds, indices and budgets`() throws
    {
        let lock = try lock()
        // k = 3 is best on the mean, k = 5 on split 0 alone.
        let selection = try frozen(lock) { fit, _ in
            if self.parameter(fit) == 5 { return .value(fit.split.index == 0 ? 0.9 : 0.1) }
            return .value(self.parameter(fit) == 3 || self.parameter(fit) == 2 ? 0.6 : 0.5)
        }
        #expect(
            chosen(selection) == [
                ["kind": "knn", "k": 3, "metric": "cosine"], ["kind": "kmeans", "clusters": 2, "iterations": 300],
                ["kind": "oracle"],
            ]
        )
        #expect(selection.choices.map(\.configurations) == [3, 2, 1])
        #expect(selection.choices.map(\.competing) == [3, 2, 1])
        let jobs = selection.cells.map { lock.job(ofCell: $0) }
        #expect(jobs.allSatisfy { $0.part == .test })
        // (knn + oracle) × 2 splits × 2 budgets, kmeans also × 2 seeds.
        #expect(selection.cells.count == 2 * 4 + 8)
        let clusters = Set(selection.choices[1].cells.flatMap(\.cells).map { lock.group(ofCell: $0) })
            .map { parameter(lock.fit(ofGroup: $0)) }
        #expect(Set(clusters) == [2])
    }

    @Test(arguments: ["dataset, split, router.kind", "dataset, router.kind", "router.kind", "split.index, router.kind"])
    func `where indices test each other's dev rows each chooses by itself, whatever per names`(per: String) throws {
        let lock = try lock(per: per, test: "0.3")
        // k = 3 is best on the mean, k = 5 on split 0 alone, k = 1 on split 1 alone.
        let selection = try frozen(lock) { fit, _ in
            let scores = fit.split.index == 0 ? [1: 0.1, 3: 0.8, 5: 0.9] : [1: 0.9, 3: 0.8, 5: 0.1]
            return .value(scores[self.parameter(fit)] ?? 0.5)
        }
        let knn = selection.choices.filter { $0.candidates[0].kind == "knn" }
        #expect(knn.map { $0.chosen?.configuration["router"]?["k"] } == [5, 1])
        #expect(knn.map { $0.per["split.index"] } == [["seed": 1, "index": 0], ["seed": 1, "index": 1]])
        // Each choice is read on its own split and on no other.
        for (index, choice) in knn.enumerated() {
            let fits = Set(choice.cells.flatMap(\.cells)).map { lock.fit(ofGroup: lock.group(ofCell: $0)) }
            #expect(!fits.isEmpty && fits.allSatisfy { $0.split.index == index })
        }
        #expect(selection.choices.count == 6 && lock.selectsBySplit == !per.contains("split.index"))
    }

    @Test func `a mean never crosses seeds of a fixed test part, kinds of split, or rows that another dataset tests`()
        throws
    {
        let seeds = Self.yaml.replacing("METRIC", with: "accuracy").replacing("PER", with: "router.kind")
            .replacing("TEST", with: Self.fixed).replacing(
                "seed: 1, index: [0, 1]",
                with: "seed: [1, 2], index: [0, 1]"
            )
        let selection = try frozen(DatasetFixture.resolve(seeds).lock) { _, _ in .value(0.5) }
        let bothSeeds: [JSONValue] = [["seed": 1], ["seed": 2]]
        #expect(selection.choices.map { $0.per["split.index"] } == bothSeeds + bothSeeds + bothSeeds)
        let text = """
            datasets: {all: one, half: {path: one, where: {dataset: d0}}}
            splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, index: "range(0,8)"}]
            modality: [text]
            routers: [cheapest, best-single]
            select: {metric: accuracy, on: dev, per: [router.kind]}
            """
        let message = try DatasetFixture.message(text)
        #expect(message.hasPrefix("grid.yaml:5: select.per: "), "\(message)")
        #expect(
            message.contains(" are train or dev rows of ") && message.hasSuffix("expected dataset in per"),
            "\(message)"
        )
        #expect(
            try DatasetFixture.message(text.replacing("[router.kind]", with: "[dataset, router.kind]")) == "no error"
        )
    }

    @Test func `held-out splits go together when none trains on what another tests`() throws {
        func choices(_ splits: String) throws -> Int {
            let text = """
                datasets: {one: one}
                splits: \(splits)
                modality: [text]
                routers: [{kind: fixed, model: [a, b]}]
                select: {metric: accuracy, on: dev, per: [dataset]}
                """
            return try frozen(DatasetFixture.resolve(text).lock) { _, _ in .value(0.5) }.choices.count
        }
        let onward = "{kind: held-out, train: [d0], test: [d1], dev: 0.3, index: [0, 1]}"
        #expect(try choices("[\(onward)]") == 1)
        #expect(try choices("[\(onward), {kind: held-out, train: [d1], test: [d0], dev: 0.3}]") == 2)
        #expect(try choices("[{kind: kfold, folds: 3, dev: 0.3, index: [0, 1, 2]}]") == 3)
        #expect(try choices("[{kind: kfold, folds: 3, test: {fraction: 0.3, fixed: true}, index: [0, 1, 2]}]") == 1)
        #expect(try choices("[{kind: vl-compat, train: 0.5, dev: 0.2, seed: [1, 2]}]") == 2)
    }

    @Test func `what per keeps apart is chosen apart, and what it does not name is averaged over or competes`() throws {
        let perIndex = try frozen(lock(per: "dataset, split.index, router.kind")) { fit, _ in
            .value(fit.split.index == 0 ? Double(self.parameter(fit)) : -Double(self.parameter(fit)))
        }
        #expect(perIndex.choices.count == 6)
        let knn = perIndex.choices.filter { $0.per["router.kind"] == "knn" }
        #expect(knn.map { $0.chosen?.configuration["router"]?["k"] } == [5, 1])
        #expect(knn.map { $0.per["split.index"] } == [["seed": 1, "index": 0], ["seed": 1, "index": 1]])
        // Without router.kind all routers compete, but for the bound.
        let all = try frozen(lock(per: "dataset")) { fit, _ in .value(fit.router.kind == "kmeans" ? 0.7 : 0.6) }
        #expect(all.choices.map(\.configurations) == [5, 1])
        #expect(all.choices[0].chosen?.configuration["router"]?["kind"] == "kmeans")
        let every = try frozen(lock(per: "router, split")) { _, _ in .value(1) }
        #expect(try every.choices.count == 6 && every.cells.count == lock().deferredCount)
    }

    @Test func `a split with fewer seeds counts as much as the others`() throws {
        // clusters: 2 has two seeds on split 0 and one on split 1; its mean over splits is 0.5, that of its cells 0.6.
        let lock = try lock("accuracy", "exclude: [{router: kmeans, seed: 1, split: {index: 1}}]")
        let selection = try frozen(lock) { fit, _ in
            guard fit.router.kind == "kmeans" else { return .value(0.1) }
            if self.parameter(fit) == 4 { return .value(0.55) }
            return .value(fit.split.index == 0 ? 0.8 : 0.2)
        }
        let kmeans = try #require(selection.choices.first { $0.per["router.kind"] == "kmeans" })
        #expect(kmeans.chosen?.configuration["router"]?["clusters"] == 4)
        #expect(abs((kmeans.candidates.last?.dev ?? 0) - 0.5) < 1e-12)
    }

    @Test func `of equal configurations the first in grid order is chosen`() throws {
        let selection = try frozen(lock()) { _, _ in .value(0.5) }
        #expect(selection.choices[0].chosen?.configuration["router"]?["k"] == 1)
    }

    @Test(arguments: [("accuracy", 5), ("regret", 1), ("mean_cost", 1), ("rank_score", 5)])
    func `smaller is better where it is`(metric: String, k: Int) throws {
        let selection = try frozen(lock(metric)) { fit, _ in .value(Double(self.parameter(fit))) }
        #expect(selection.choices[0].chosen?.configuration["router"]?["k"] == JSONValue(k))
        #expect(selection.isLargerBetter == (k == 5))
    }

    @Test func `exact alone judges where it is listed, else the mean over the listed budgets`() throws {
        let with = try lock("nauc_shared")
        let tally = try #require(SelectionTally(with))
        for group in 0..<with.groupCount {
            let jobs = tally.judgingJobs(ofGroup: group).map { with.job(ofCell: $0.cell) }
            #expect(jobs.map(\.budget) == [.exact] && jobs.allSatisfy { $0.part == .dev })
        }
        let text = Self.yaml.replacing("METRIC", with: "accuracy").replacing("PER", with: "router.kind")
            .replacing("[exact, 0.5x]", with: "[0.5x, 1x]").replacing("TEST", with: Self.fixed)
        let without = try DatasetFixture.resolve(text).lock
        #expect(try #require(SelectionTally(without)).judgingJobs(ofGroup: 0).count == 2)
    }

    @Test func `a configuration without some dev record or value does not compete, and says why`() throws {
        let selection = try frozen(lock()) { fit, _ in
            switch self.parameter(fit) {
            case 5: fit.split.index == 0 ? .value(1) : nil
            case 3: .absent(why: "no point reaches the best single model")
            case 2, 4: nil
            default: .value(0.25)
            }
        }
        let knn = selection.choices[0]
        #expect(knn.chosen?.configuration["router"]?["k"] == 1 && knn.competing == 1 && knn.unreadDevCells == 1)
        #expect(
            knn.candidates.map(\.why) == [
                nil, "no dev value: no point reaches the best single model", "1 of its dev cells have no record",
            ]
        )
        let kmeans = selection.choices[1]
        #expect(kmeans.chosen == nil && kmeans.cells.isEmpty && kmeans.unreadDevCells == 8)
        #expect(kmeans.why == "4 of its dev cells have no record")
        #expect(selection.partialCount == 2)
    }

    @Test func `a configuration that exclude takes from a split does not compete with those that are whole`() throws {
        let lock = try lock("accuracy", "exclude: [{router: {kind: knn, k: 5}, split: {kind: random, index: 1}}]")
        let selection = try frozen(lock) { fit, _ in .value(Double(self.parameter(fit))) }
        #expect(selection.choices[0].chosen?.configuration["router"]?["k"] == 3)
        #expect(
            selection.choices[0].candidates.last?.why
                == "not judged on 1 of 2 combinations of dataset, split and budget"
        )
    }

    @Test func `a configuration that exclude takes from a budget is not judged on the dearer ones alone`() throws {
        let more = "exclude: [{router: {kind: knn, k: 5}, budget: 0.5x}]"
        let text =
            Self.yaml.replacing("METRIC", with: "accuracy").replacing("PER", with: "router.kind")
            .replacing("[exact, 0.5x]", with: "[0.5x, 1x]").replacing("TEST", with: Self.fixed) + "\n" + more
        let selection = try frozen(DatasetFixture.resolve(text).lock) { fit, _ in .value(Double(self.parameter(fit))) }
        let knn = selection.choices[0]
        #expect(knn.chosen?.configuration["router"]?["k"] == 3 && knn.competing == 2 && knn.configurations == 3)
        #expect(knn.candidates.last?.why == "not judged on 2 of 4 combinations of dataset, split and budget")
    }

    @Test func `a selection reads back from its bytes, and another member is refused`() throws {
        let lock = try lock()
        let selection = try frozen(lock) { fit, _ in self.parameter(fit) == 4 ? nil : .value(0.1 + 0.2) }
        let read = try FrozenSelection(parsing: selection.bytes)
        #expect(read == selection && read.bytes == selection.bytes && read.lock == lock.digest)
        let text = String(decoding: selection.bytes, as: UTF8.self).replacing("\"on\":", with: "\"of\":1,\"on\":")
        #expect {
            try FrozenSelection(parsing: text.utf8)
        } throws: {
            "\($0)" == "selection.json: unknown member \"of\""
        }
    }

    @Test func `plan counts both stages`() throws {
        let lock = try lock()
        let summary = PlanSummary(lock)
        #expect(summary.keys == lock.firstStageCount && summary.new == summary.keys)
        #expect(
            summary.secondStage
                == .init(cells: 32, selected: .init(configurations: 3, leastCells: 16, mostCells: 16))
        )
        #expect(summary.json["select"]?["most_cells"] == 16)
        #expect(PlanSummary(try self.lock(), limit: 3).secondStage == .init(cells: 32, selected: nil))
        #expect(
            PlanSummary(try self.lock(test: "0.3")).secondStage
                == .init(cells: 32, selected: .init(configurations: 6, leastCells: 16, mostCells: 16))
        )
    }

    @Test func `seeds and budgets of a configuration are one read of test`() throws {
        let lock = try lock(test: "0.3")
        var reads: [GridLock.ReadPlace: TestRead] = [:]
        var configurations: Set<JSONValue> = []
        for cell in 0..<CellID(lock.cellCount) {
            guard let place = lock.readPlace(ofCell: cell) else {
                #expect(lock.testRead(ofCell: cell) == nil)
                continue
            }
            let read = try #require(lock.testRead(ofCell: cell))
            #expect(reads[place] == nil || reads[place] == read)
            reads[place] = read
            let fit = lock.fit(ofGroup: lock.group(ofCell: cell))
            configurations.insert([.string(fit.router.kind), JSONValue(parameter(fit)), JSONValue(fit.split.index)])
        }
        #expect(reads.count == configurations.count && Set(reads.values).count == configurations.count)
    }
}
