import Aggregator
import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import TestSupport
import Testing

/// Boards of real records: routers fitted and evaluated by the core on a table with one embedding.
@Suite struct BoardStatisticsTests {
    /// 240 items of which one embedding tells how hard they are; three models of rising price.
    static let table: OutcomeTable = {
        var generator = Xoshiro256(seed: HashedText.digest(["board statistics"]))
        let (rows, models) = (240, 3)
        var (quality, cost, text): ([Double], [Double], [Float]) = ([], [], [])
        for _ in 0..<rows {
            let difficulty = generator.fraction()
            text += [Float(difficulty), Float(1 - difficulty), Float(generator.fraction())]
            for model in 0..<models {
                quality.append(generator.fraction() < 0.95 - difficulty * (0.8 - 0.3 * Double(model)) ? 1 : 0)
                cost.append([1, 3, 10][model] * (0.9 + 0.2 * generator.fraction()))
            }
        }
        return OutcomeTable(
            models: ["a", "b", "c"],
            samples: (0..<rows).map { Sample(id: "s\($0)", dataset: "d", group: "g\($0 / 3)") },
            quality: Matrix(rows: rows, columns: models, elements: quality),
            cost: Matrix(rows: rows, columns: models, elements: cost),
            text: Matrix(rows: rows, columns: 3, elements: text)
        )
    }()

    static func split(_ index: Int) -> Split {
        Split(kind: .random(train: 0.4, dev: 0.2, test: 0.4, groupBy: .prompt), seed: 3, index: index)
    }

    static func knn(_ k: Int) -> RouterConfiguration {
        RouterConfiguration(kind: "knn", parameters: ["k": JSONValue(k), "metric": "cosine"])
    }

    static let kmeans = RouterConfiguration(kind: "kmeans", parameters: ["clusters": 4, "iterations": 20])

    /// Three seedless routers, one seeded one and the oracle, on some splits.
    static func records(
        splits: [Int] = [0],
        mode: EvaluationMode = .sound,
        budgets: [Budget] = [.exact]
    ) throws -> PlantedRecords {
        var records = PlantedRecords(table)
        records.mode = mode
        records.statistics = ["bootstrap": 200, "alpha": 0.05, "cluster": "prompt", "seed": 5]
        for index in splits {
            let split = split(index)
            for router in [knn(5), knn(25)] { try records.add(router, split: split, budgets: budgets) }
            for kind in ["best-single", "oracle"] {
                try records.add(RouterConfiguration(kind: kind, parameters: [:]), split: split, budgets: budgets)
            }
            for seed in [0, 1] { try records.add(kmeans, seed: seed, split: split, budgets: budgets) }
        }
        return records
    }

    @Test func `intervals are those of the library on the record's own choices`() throws {
        let records = try Self.records()
        let board = try records.board()
        #expect(board.remarks.isEmpty)
        let row = try #require(board.rows.first { $0.job["router"]?["k"] == 5 })
        // The same by hand: the router fitted again, its choices resampled.
        let parts = try Self.split(0).parts(of: Self.table.samples)
        let experiment = try FittedExperiment(
            fitting: FitRequest(
                router: Self.knn(5),
                mode: .sound,
                modality: .text,
                streams: RandomStreams(seed: 0, splitIndex: 0, routerKind: "knn"),
                table: Self.table,
                parts: parts
            )
        )
        let evaluation = try experiment.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .exact))
        let ground = try EvaluationGround(Self.table, parts: parts, mode: .sound)
        let outcomes = try ground.outcomes(of: .test)
        let weights = BootstrapWeights(
            clusters: parts.test.map { Self.table.samples[$0].group },
            replicates: 200,
            seed: 5,
            splitIndex: 0
        )
        let reference = try ground.reference(on: outcomes, result: evaluation.result, place: "by hand")
        let replicates = PairedBootstrap(ground, outcomes: outcomes, weights: weights)
            .replicates(of: CurveMetric.allCases, choices: evaluation.choices, reference: reference)
        var count = 0
        // The interval of qnc_gap holds for all rows of a table together.
        for (number, metric) in CurveMetric.allCases.enumerated() where metric != .qncGap {
            guard let interval = Interval.percentile(replicates.row(number), alpha: 0.05),
                row.value(metric.rawValue) != nil
            else { continue }
            let found = try #require(row.interval(metric.rawValue), "\(metric.rawValue)")
            #expect(found.low == interval.low && found.high == interval.high, "\(metric.rawValue)")
            count += 1
        }
        #expect(count >= 8)
    }

    @Test func `competitors have ranks, ties and a detectable difference, and oracles have intervals alone`() throws {
        let rows = try Self.records().board().rows
        #expect(rows.map(\.routerKind).last == "oracle")
        let competitors = rows.filter { !$0.isBound }
        #expect(competitors.count == 4)
        for row in competitors {
            let standing = try #require(row.standing)
            #expect((1...4).contains(standing.rank.lowerBound) && (1...4).contains(standing.rank.upperBound))
            // 32 prompts are too few to say what would be detected.
            #expect(standing.detectable == nil)
            #expect(row.json["rank"] == [JSONValue(standing.rank.lowerBound), JSONValue(standing.rank.upperBound)])
            #expect(row.json["tie"] == JSONValue(standing.tie))
        }
        let oracle = try #require(rows.last)
        #expect(oracle.standing == nil && oracle.json["rank"] == .null && oracle.interval("accuracy") != nil)
        for row in rows {
            for name in row.metrics.keys {
                guard let interval = row.interval(name), let value = row.value(name) else { continue }
                #expect(interval.low <= interval.high)
                #expect(value >= interval.low && value <= interval.high, "\(row.routerKind): \(name)")
            }
        }
    }

    @Test func `a detectable difference is given from fifty independent items on`() throws {
        var records = try Self.records()
        records.statistics = ["bootstrap": 200, "alpha": 0.05, "cluster": "sample", "seed": 5]
        let rows = try records.board().rows.filter { !$0.isBound }
        #expect(rows.map { $0.standing?.detectable == nil } == [true, false, false, false])
    }

    @Test func `a row is the mean of its seeds within each split and then of its splits`() throws {
        let records = try Self.records(splits: [0, 1, 2])
        let board = try records.board()
        #expect(board.sections.count == 1 && board.rows.count == 5)
        let row = try #require(board.rows.first { $0.routerKind == "kmeans" })
        #expect(row.seeds == [0, 1] && row.splits == [0, 1, 2] && row.runs.count == 6 && row.jobKeys.count == 6)
        #expect(row.json["seeds"] == [0, 1] && row.json["splits"] == [0, 1, 2])
        let values = try row.runs.map { try #require($0.metrics["nauc_shared"]?["v"]?.numberValue) }
        let expected = ((values[0] + values[1]) / 2 + (values[2] + values[3]) / 2 + (values[4] + values[5]) / 2) / 3
        #expect(row.value("nauc_shared") == expected)
        #expect(row.metrics["nauc_shared"]?["sd"]?.numberValue == StepDownTest.standardError(values))
        #expect(row.interval("nauc_shared") != nil && row.standing != nil)
        #expect(board.tables(.brief)[0].caption.contains("mean of 3 splits, index 0–2"))
        // A metric that a run lacks has no mean over the others.
        for row in board.rows {
            // QNC is the board's own: no record has it.
            for (name, metric) in row.metrics
            where name != "qnc" && row.runs.contains(where: { $0.metrics[name]?["v"] == .null }) {
                #expect(metric["v"] == .null && metric["why"]?.stringValue?.contains("runs: ") == true, "\(name)")
            }
        }
    }

    @Test func `the bytes do not depend on the order or the number of the files`() throws {
        let folder = try TemporaryFolder()
        let records = try Self.records(splits: [0, 1])
        try records.write(to: folder.path("whole"))
        let whole = try Aggregation([RecordSource(path: folder.path("whole"))]).board
        var generator = Xoshiro256(seed: HashedText.digest(["orders of records"]))
        for round in 0..<3 {
            let order = records.lines.indices.shuffled(using: &generator)
            try records.write(to: folder.path("\(round)-a"), records: Array(order.prefix(7)))
            try records.write(to: folder.path("\(round)-b"), records: Array(order.dropFirst(5)))
            let sources = try ["b", "a"].map { try RecordSource(path: folder.path("\(round)-\($0)")) }
            let board = try Aggregation(sources).board
            #expect(board.jsonBytes == whole.jsonBytes && board.csvBytes == whole.csvBytes)
            #expect(board.markdownBytes == whole.markdownBytes)
        }
        // A published board holds all that making it again takes.
        _ = try Aggregation([RecordSource(path: folder.path("whole"))]).publish(
            to: OutputFolder(path: folder.path("out"))
        )
        #expect(try Aggregation([RecordSource(path: folder.path("out"))]).board.jsonBytes == whole.jsonBytes)
    }

    @Test func `without outcomes or choices a board says why it has no intervals`() throws {
        let folder = try TemporaryFolder()
        let records = try Self.records()
        try records.write(to: folder.path("bare"), withBlobs: false)
        let bare = try Aggregation([RecordSource(path: folder.path("bare"))]).board
        #expect(bare.remarks == ["the blobs of the outcomes are not beside the records"])
        #expect(bare.rows.allSatisfy { $0.standing == nil && $0.interval("accuracy") == nil })
        #expect(String(decoding: bare.markdownBytes, as: UTF8.self).contains("> **No intervals** where the blobs"))

        try FileManager.default.removeItem(atPath: folder.path("bare/tables.json"))
        #expect(try Aggregation([RecordSource(path: folder.path("bare"))]).board.remarks.count == 1)

        // The same answers under other costs than those that the records were made on.
        var table = Self.table
        table.cost.elements[0] += 1
        var changed = PlantedRecords(table)
        changed.statistics = records.statistics
        try changed.write(to: folder.path("changed"))
        try records.write(to: folder.path("records"))
        try FileManager.default.removeItem(atPath: folder.path("records/tables.json"))
        let board = try Aggregation(["records", "changed"].map { try RecordSource(path: folder.path($0)) }).board
        #expect(board.remarks == ["the records' costs are not those of the data found beside them"])
    }

    @Test func `a damaged blob of choices stops everything`() throws {
        let folder = try TemporaryFolder()
        let records = try Self.records()
        try records.write(to: folder.path)
        let line = try JSONValue(parsing: records.lines[0], place: "record")
        let digest = try #require(line["result"]?["choices"]?["sha256"]?.stringValue.flatMap { Digest(hex: $0) })
        try folder.write([9, 9, 9], to: OutputName.blob(digest))
        let error = #expect(throws: RouteGridError.self) { _ = try Aggregation([RecordSource(path: folder.path)]) }
        #expect(error?.code == .checkFailed)
    }

    @Test func `many resamples are made in blocks, and the first of them are the same`() throws {
        var records = try Self.records()
        records.statistics = ["bootstrap": 2_300, "alpha": 0.05, "cluster": "prompt", "seed": 5]
        let rows = try records.board().rows
        let row = try #require(rows.first { $0.routerKind == "knn" })
        let k = try #require(row.job["router"]?["k"]?.integerValue)
        // One block by hand, of the whole number.
        let ground = try EvaluationGround(Self.table, parts: Self.split(0).parts(of: Self.table.samples), mode: .sound)
        let outcomes = try ground.outcomes(of: .test)
        let weights = BootstrapWeights(
            clusters: ground.parts.test.map { Self.table.samples[$0].group },
            replicates: 2_300,
            seed: 5,
            splitIndex: 0
        )
        let experiment = try FittedExperiment(
            fitting: FitRequest(
                router: Self.knn(k),
                mode: .sound,
                modality: .text,
                streams: RandomStreams(seed: 0, splitIndex: 0, routerKind: "knn"),
                table: Self.table,
                parts: ground.parts
            )
        )
        let evaluation = try experiment.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .exact))
        let reference = try ground.reference(on: outcomes, result: evaluation.result, place: "by hand")
        let values = PairedBootstrap(ground, outcomes: outcomes, weights: weights)
            .replicates(of: [.naucShared], choices: evaluation.choices, reference: reference)
        let interval = try #require(Interval.percentile(values.row(0), alpha: 0.05))
        let found = try #require(row.interval("nauc_shared"))
        #expect(found.low == interval.low && found.high == interval.high)
    }

    @Test func `a table of more than a thousand rows is not resampled and says so`() throws {
        var records = PlantedRecords(Self.table)
        for number in 0..<1_001 {
            try records.add(choices: [UInt8](repeating: 0, count: 240), number: number, split: Self.split(0))
        }
        let board = try records.board()
        #expect(board.rows.count == 1_001 && board.rows.allSatisfy { $0.standing == nil })
        #expect(board.remarks.count == 1 && board.remarks[0].contains("let select choose among them"))
    }

    @Test func `bootstrap 0 turns intervals, ranks and ties off`() throws {
        var records = try Self.records()
        records.statistics = ["bootstrap": 0, "alpha": 0.05, "cluster": "prompt", "seed": 5]
        let board = try records.board()
        #expect(board.statistics == nil && board.remarks.isEmpty)
        #expect(board.rows.allSatisfy { $0.standing == nil && $0.interval("accuracy") == nil })
        #expect(board.rows[0].place == 1)
    }

    @Test func `compat has intervals of the listed budget alone, and no ranks`() throws {
        let exact = try Self.records(mode: .compat).board()
        #expect(
            exact.rows.allSatisfy { row in
                row.standing == nil && row.metrics.keys.allSatisfy { row.interval($0) == nil }
            }
        )
        let listed = try Self.records(mode: .compat, budgets: [.amount(2), .amount(20)])
            .board()
        let row = try #require(listed.rows.first { $0.routerKind == "knn" })
        #expect(row.interval("accuracy") != nil && row.interval("mean_cost") != nil)
        for name in ["nauc_own", "nauc_shared", "ps", "qnc", "gain"] { #expect(row.interval(name) == nil, "\(name)") }
        #expect(listed.rows.allSatisfy { $0.standing == nil })
    }

    @Test func `AIQ is the area through the corners of the hull on dev, up to the table's highest cost`() throws {
        let records = try Self.records()
        let board = try records.board()
        var corners: [String: [Int]] = [:]
        for line in records.lines {
            let record = try JSONValue(parsing: line.utf8, place: "record")
            let hull = record["result"]?["reference"]?["dev"]?["hull"]?.arrayValue?.compactMap(\.integerValue)
            corners[record["job_key"]?.stringValue ?? ""] = hull
        }
        var chosen = 0
        let curves = board.rows.map { row in
            row.runs.map { run in
                let points = run.points.map { OperatingPoint(cost: $0.cost, accuracy: $0.accuracy) }
                guard !row.isBound, let hull = corners[run.jobKeys[0].hex] else {
                    return AverageImprovement.hull(of: points)
                }
                let onTest = AverageImprovement.hull(of: points)
                if hull.map({ points[$0] }) != onTest { chosen += 1 }
                return hull.map { points[$0] }
            }
        }
        // Else the hull of the evaluated part would do as well.
        #expect(chosen > 0)
        let highest =
            zip(board.rows, curves).filter { !$0.0.isBound }.flatMap { $0.1 }
            .flatMap { $0.map(\.cost) }.max() ?? 0
        for (row, runs) in zip(board.rows, curves) {
            let values = runs.compactMap { AverageImprovement.area(through: $0, upTo: highest).number }
            #expect(row.value("aiq") == values.reduce(0, +) / Double(values.count))
        }
    }

    @Test func `differences of rows are published with intervals and p-values of table and board`() throws {
        let folder = try TemporaryFolder()
        try Self.records(splits: [0, 1]).write(to: folder.path("records"))
        let aggregation = try Aggregation([RecordSource(path: folder.path("records"))])
        let published = try aggregation.publish(to: OutputFolder(path: folder.path("out")))
        #expect(published.files.contains("comparisons.csv") && published.files.contains("comparisons.json"))
        let manifest = try String(contentsOfFile: folder.path("out/MANIFEST.sha256"), encoding: .utf8)
        #expect(manifest.contains("  comparisons.csv") && manifest.contains("  comparisons.json"))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path("out/comparisons.json")))
        let json = try JSONValue(parsing: bytes, place: "comparisons.json")
        let pairs = try #require(json["pairs"]?.arrayValue)
        // Four competitors; the oracle is compared with nobody.
        #expect(pairs.count == 6 && json["tables"]?.arrayValue?.first?["left_out"] == 0)
        let rows = aggregation.board.rows
        for pair in pairs {
            func row(_ side: String) throws -> BoardRow {
                rows[try #require(pair[side]?["row"]?.integerValue) - 1]
            }
            let (a, b) = (try row("a"), try row("b"))
            let difference = try #require(pair["difference"]?.numberValue)
            #expect(try #require(a.value("nauc_shared")) - #require(b.value("nauc_shared")) == difference)
            if let low = pair["lo"]?.numberValue, let high = pair["hi"]?.numberValue {
                #expect(low <= difference && difference <= high)
            }
            let (table, board) = (
                try #require(pair["p_table"]?.numberValue), try #require(pair["p_board"]?.numberValue)
            )
            #expect(table > 0 && table <= board && board <= 1)
            let isSeparated = try #require(a.standing).rank.upperBound < #require(b.standing).rank.lowerBound
            if isSeparated { #expect(table <= 0.05) }
        }
        let csv = try String(contentsOfFile: folder.path("out/comparisons.csv"), encoding: .utf8)
        #expect(csv.split(separator: "\n").count == 7)
    }

    @Test func `a cancelled board is not made, and progress counts every row`() throws {
        let folder = try TemporaryFolder()
        try Self.records().write(to: folder.path)
        let source = try RecordSource(path: folder.path)
        let error = #expect(throws: RouteGridError.self) {
            _ = try Aggregation([source], progress: BoardProgress(isCancelled: { true }))
        }
        #expect(error?.code == .cancelled)
        let counts = LockedBox<[BoardProgress.Count]>([])
        let progress = BoardProgress(advanced: { count in counts.withLock { $0.append(count) } })
        let board = try Aggregation([source], progress: progress).board
        let rows = counts.withLock { $0 }.filter { $0.stage == .resampling }
        #expect(rows.map(\.done).max() == board.rows.count && rows.allSatisfy { $0.total == board.rows.count })
    }

    @Test func `values that rounding alone tells apart share a place`() throws {
        // All right: one router's area is 1, that of others a sum of pieces that rounds below it.
        var table = Self.table
        for cell in table.quality.elements.indices { table.quality.elements[cell] = 1 }
        var records = PlantedRecords(table)
        for k in [1, 5, 25] { try records.add(Self.knn(k), split: Self.split(0)) }
        try records.add(RouterConfiguration(kind: "best-single", parameters: [:]), split: Self.split(0))
        let rows = try records.board().rows
        #expect(rows.allSatisfy { $0.place == 1 && $0.standing?.rank == 1...4 })
        // They stand by what they are, not by the last digit.
        #expect(rows.map(\.routerKind) == ["knn", "knn", "knn", "best-single"])
    }
}
