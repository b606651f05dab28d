import Catalog
import Grid
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Several price sheets in one grid.
struct PriceAxisTests {
    private static let head = """
        datasets: {one: one}
        models: [all, [a, c]]
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1, index: [0, 1]}]
        modality: [text, image]
        routers: [oracle, {kind: knn, k: [1, 2]}, ovr, random]
        seeds: [0, 1]
        budgets: [{rule: threshold, at: [exact, 0.5x]}, {rule: soft-label, at: [0], scale: 100}]

        """
    private static let sheets = ["old.json": PriceFixture.sheet(a: 1), "new.json": PriceFixture.sheet(a: 2)]

    private static func resolve(_ prices: String, _ more: String = "") throws -> GridLock {
        try PriceFixture.resolve(head + "prices: \(prices)\n" + more, sheets: sheets).lock
    }

    private static func keys(_ lock: GridLock) -> Set<JobKey> {
        Set(lock.evaluationGroups.flatMap { lock.jobs(ofGroup: $0).map(\.jobKey) })
    }

    @Test func `a list of one sheet is that sheet, and a list of null is no sheet`() throws {
        #expect(try Self.resolve("[{sheet: old.json}]").bytes == Self.resolve("{sheet: old.json}").bytes)
        #expect(try Self.resolve("[null]").bytes == Self.resolve("null").bytes)
        #expect(!String(decoding: try Self.resolve("{sheet: old.json}").bytes, as: UTF8.self).contains("\"prices\":1"))
    }

    @Test func `the cells under several sheets are those of a grid for each, with the same keys`() throws {
        let lock = try Self.resolve("[{sheet: old.json}, null, {sheet: new.json}]")
        let alone = try ["{sheet: old.json}", "null", "{sheet: new.json}"].map { try Self.resolve($0) }
        #expect(lock.cellCount == alone.map(\.cellCount).reduce(0, +))
        #expect(Self.keys(lock) == alone.map(Self.keys).reduce([]) { $0.union($1) })
        for group in lock.evaluationGroups {
            #expect(lock.fitBytes(ofGroup: group) == lock.fit(ofGroup: group).json.canonicalBytes())
            for job in lock.jobs(ofGroup: group) {
                #expect(lock.group(ofCell: job.cell) == group)
                #expect(lock.job(ofCell: job.cell).json.canonicalBytes() == job.evalBytes)
            }
        }
        #expect(try GridLock(parsing: lock.bytes).bytes == lock.bytes)
    }

    @Test func `fits that do not train on cost are shared, their cells being neighbours`() throws {
        let lock = try Self.resolve("[{sheet: old.json}, null, {sheet: new.json}]")
        var groups: [FitKey: [Int]] = [:]
        for group in lock.evaluationGroups { groups[lock.fitKey(ofGroup: group), default: []].append(group) }
        for (_, found) in groups {
            #expect(found.count == (lock.trainsOnCost(found[0]) ? 1 : 3))
            #expect(found == Array(found[0]..<found[0] + found.count))
            let labels = found.map { lock.labels(ofGroup: $0)["prices"] ?? .null }
            if found.count == 3 { #expect(labels == ["old.json (2026-11-01)", .null, "new.json (2026-11-01)"]) }
        }
        let plan = PlanSummary(lock)
        // Two pools, two splits, two modalities, of knn two values and three prices.
        #expect(plan.fitsOnCost == 48 && plan.newFitsOnCost == 48)
        // Seeds make two of each random; the oracle and random read no modality.
        #expect(plan.fits == 48 + 2 * 2 * (1 + 2 + 2))
        #expect(plan.json["other_prices"]?["cells"]?.integerValue == plan.keys)
    }

    @Test func `exclude and reads of test count every sheet`() throws {
        let exclude = "exclude: [{router: oracle, budget: 0.5x}, {models: all, router: random}]"
        let lock = try Self.resolve("[{sheet: old.json}, {sheet: new.json}]", exclude)
        let counted = lock.evaluationGroups.map { lock.jobs(ofGroup: $0).count }.reduce(0, +)
        #expect(lock.activeCellCount == counted && lock.excludedCount > 0)
        #expect(try lock.excludedCount == 2 * Self.resolve("{sheet: old.json}", exclude).excludedCount)
        var reads: [GridLock.ReadPlace: TestRead] = [:]
        for cell in 0..<CellID(lock.cellCount) {
            guard let place = lock.readPlace(ofCell: cell) else { continue }
            let read = lock.testRead(ofCell: cell)
            #expect(reads[place] == nil || reads[place] == read)
            reads[place] = read
        }
        #expect(Set(reads.values).count == reads.count)
    }

    @Test func `each sheet has its own choice`() throws {
        let lock = try Self.resolve(
            "[{sheet: old.json}, {sheet: new.json}]",
            "select: {metric: accuracy, on: dev, per: [dataset, models, router.kind, modality]}"
        )
        var tally = try #require(SelectionTally(lock))
        for group in lock.evaluationGroups {
            // Under the old sheet one neighbour is better, under the new one two.
            let isOld = lock.labels(ofGroup: group)["prices"] == "old.json (2026-11-01)"
            let k = lock.fit(ofGroup: group).router.parameters["k"]?.integerValue ?? 0
            let readings = tally.judgingJobs(ofGroup: group).map {
                ($0.jobKey, MetricReading.value(isOld == (k == 1) ? 0.9 : 0.1))
            }
            tally.add(group: group, readings: Dictionary(readings) { $1 })
        }
        let choices = tally.frozen().choices.filter { $0.per["router.kind"] == "knn" }
        #expect(choices.count == 2 * 2 * 2 * 2)
        for choice in choices {
            let isOld = choice.per["prices"] == "old.json (2026-11-01)"
            #expect(choice.chosen?.configuration["router"]?["k"]?.integerValue == (isOld ? 1 : 2))
        }
    }

    @Test func `sheets that stand twice or give the same costs are refused, and alike names are told apart`() throws {
        func problems(_ prices: String, _ sheets: [String: String]) -> [String] {
            PriceFixture.problems { try PriceFixture.resolve(Self.head + "prices: \(prices)", sheets: sheets) }
        }
        let twice = problems("[{sheet: old.json}, {sheet: old.json}]", Self.sheets)
        #expect(twice.first?.hasSuffix("prices[1]: sheet old.json is given twice") == true, "\(twice)")
        #expect(problems("[null, null]", [:]).first?.hasSuffix("prices[1]: null is given twice") == true)
        #expect(problems("[]", [:]).first?.hasSuffix("prices: expected at least one price sheet") == true)
        let same = problems(
            "[{sheet: old.json}, {sheet: copy.json}]",
            ["old.json": PriceFixture.sheet(a: 1), "copy.json": PriceFixture.sheet(a: 1, date: "2026-12-01")]
        )
        #expect(same.first?.contains("prices[1]: gives every dataset the costs that") == true, "\(same)")
        let (folder, path) = try DatasetFixture.folder([DatasetFixture.dataset("one", tokens: true)])
        try folder.write(PriceFixture.sheet(a: 1), to: "sheet.json")
        let other = try TemporaryFolder()
        try other.write(PriceFixture.sheet(a: 3), to: "sheet.json")
        let yaml = Self.head + "prices: [{sheet: sheet.json}, {sheet: \(other.path)/sheet.json}]"
        let lock = try GridResolver.resolve(GridFile(yaml: yaml, path: path), numerics: DatasetFixture.numerics).lock
        let labels = Set(lock.evaluationGroups.map { lock.labels(ofGroup: $0)["prices"]?.stringValue ?? "" })
        #expect(labels.count == 2 && labels.allSatisfy { $0.hasPrefix("sheet.json (2026-11-01, ") }, "\(labels)")
    }

    @Test func `a lock whose tables are no prices of each other is refused`() throws {
        let lock = try Self.resolve("[{sheet: old.json}, {sheet: new.json}]")
        let text = String(decoding: lock.bytes, as: UTF8.self)
        #expect(text.contains("\"prices\":2"))
        for wrong in ["0", "1", "3", "4", "-2", "9223372036854775807", "\"2\""] {
            let forged = text.replacing("\"prices\":2", with: "\"prices\":\(wrong)")
            let error = #expect(throws: RouteGridError.self, "\(wrong)") { try GridLock(parsing: forged.utf8) }
            #expect(error?.code == .badInput)
        }
        for wrong in ["[0]", "[0,1,2]", "[0,2]", "[1,2]"] {
            let forged = text.replacing("\"tables\":[0,1,2,3]", with: "\"tables\":\(wrong)")
            let error = #expect(throws: RouteGridError.self, "\(wrong)") { try GridLock(parsing: forged.utf8) }
            #expect(error?.message.contains("expected all prices of a table or none") == true)
        }
    }
}
