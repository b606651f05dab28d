import Catalog
import Grid
import RouteGridBase
import RoutingData
import Testing

/// What grid files mean.
struct ReadingGridTests {
    private static func lock(_ lines: String..., datasets: [Dataset] = [DatasetFixture.dataset("one")]) throws
        -> GridLock
    {
        try DatasetFixture.resolve((["datasets: {one: one}"] + lines).joined(separator: "\n"), datasets: datasets).lock
    }

    @Test func `the way a number is written is in no key`() throws {
        let texts = ["0.1", "0.10", "1e-1", "\"0.1\"", "[0.1]", "\"range(0.1,0.15,0.1)\"", "\"logspace(-1,-1,1)\""]
        let keys = try texts.map { try Self.lock("routers: [{kind: linear, l2: \($0)}]").jobs(ofGroup: 0)[0].jobKey }
        #expect(Set(keys).count == 1)
    }

    @Test func `a parameter that is not given has its default in the key`() throws {
        let short = try Self.lock("routers: [{kind: knn, k: 5}]")
        let long = try Self.lock("routers: [{metric: cosine, kind: knn, k: 5}]")
        #expect(short.fitKey(ofGroup: 0) == long.fitKey(ofGroup: 0))
        #expect(short.fit(ofGroup: 0).router.parameters == ["k": 5, "metric": "cosine"])
    }

    @Test func `names, priority, limits, statistics and exclusions are in no key`() throws {
        let plain = try Self.lock("routers: [{kind: knn, k: 5}]").jobs(ofGroup: 0)[0].jobKey
        let named = try DatasetFixture.resolve(
            """
            name: other
            datasets: {renamed: one}
            routers: [{kind: knn, k: [4, 5]}]
            priority: 7
            limits: {retries: 9}
            statistics: {bootstrap: 5}
            exclude: [{router: {kind: knn, k: 4}}]
            """
        ).lock
        #expect(named.activeCellCount == 1)
        #expect(named.jobs(ofGroup: 1)[0].jobKey == plain)
    }

    @Test func `range counts in decimals and leaves its end out`() throws {
        let lock = try Self.lock("routers: [{kind: linear, l2: \"range(0.1,0.5,0.1)\"}]")
        let values = lock.contents.blocks[0].parameters[0].values
        #expect(values == [0.1, 0.2, 0.3, 0.4])
        let down = try Self.lock("routers: [random]", "seeds: \"range(5,1,-2)\"")
        #expect(down.contents.axes.seeds == [5, 3])
        let exponents = try Self.lock("routers: [{kind: linear, l2: \"logspace(-3,-1,3)\"}]")
        #expect(exponents.contents.blocks[0].parameters[0].values == [0.001, 0.01, 0.1])
    }

    @Test func `axes come in the order of the cells`() throws {
        let lock = try Self.lock(
            "routers: [{kind: kmeans, clusters: [2, 3], iterations: [10, 20]}]",
            "seeds: [7, 8]",
            "budgets: {at: [exact, 1x]}",
            "modality: [both, {train: both, test: [text, image]}]",
            "splits: [{kind: random, train: 0.6, dev: 0.2, test: 0.2, index: \"range(0,2)\"}]"
        )
        let fits = (0..<lock.groupCount).map { lock.fit(ofGroup: $0) }
        #expect(fits.map(\.split.index) == Array(repeating: 0, count: 8) + Array(repeating: 1, count: 8))
        #expect(fits.prefix(4).map { $0.router.integer("clusters") } == [2, 2, 2, 2])
        #expect(fits.prefix(4).map { $0.router.integer("iterations") } == [10, 10, 20, 20])
        #expect(fits.prefix(4).map(\.seed) == [7, 8, 7, 8])
        let jobs = lock.cells(ofGroup: 0).map { lock.job(ofCell: $0) }
        #expect(jobs.map(\.testModality) == [.both, .both, .text, .text, .image, .image])
        #expect(jobs.map(\.budget) == [.exact, .relative(1), .exact, .relative(1), .exact, .relative(1)])
    }

    @Test func `leave-one-out is a pool for each model and all its own data`() throws {
        let lock = try Self.lock("routers: [oracle]", "models: [all, leave-one-out, [a, \"glob([c]*)\"]]")
        let tables = lock.contents.axes.tables
        #expect(tables.map(\.pool) == ["all", "without a", "without b", "without c", "a+c"])
        #expect(tables.map(\.models) == [["a", "b", "c"], ["b", "c"], ["a", "c"], ["a", "b"], ["a", "c"]])
        #expect(tables[2].quality == tables[4].quality && tables[1].quality != tables[2].quality)
        #expect(Set(tables.map(\.samples)).count == 1)
    }

    @Test func `an include entry is a block of its own, on the datasets it names`() throws {
        let lock = try DatasetFixture.resolve(
            """
            datasets: {one: one, two: two}
            routers: [oracle]
            include: [{router: {kind: fixed, model: z}, dataset: two}]
            """,
            datasets: [DatasetFixture.dataset("one"), DatasetFixture.dataset("two", models: ["y", "z"])]
        ).lock
        #expect(lock.contents.blocks.map(\.tables) == [[0, 1], [1]])
        #expect(lock.cellCount == 3)
    }

    @Test func `lambda of the penalty rule may be named, and raw is part of the key`() throws {
        let named = try Self.lock("routers: [oracle]", "budgets: {rule: penalty, at: [\"lambda=0.5\"]}")
        let plain = try Self.lock("routers: [oracle]", "budgets: {rule: penalty, at: [0.5]}")
        let raw = try Self.lock("routers: [oracle]", "budgets: {rule: penalty, raw: true, at: [0.5]}")
        #expect(named.jobs(ofGroup: 0)[0].jobKey == plain.jobs(ofGroup: 0)[0].jobKey)
        #expect(raw.jobs(ofGroup: 0)[0].jobKey != plain.jobs(ofGroup: 0)[0].jobKey)
        #expect(raw.job(ofCell: 0).isRawPenalty)
        #expect(raw.jobs(ofGroup: 0)[0].evalBytes == raw.job(ofCell: 0).json.canonicalBytes())
    }

    @Test func `lambda of soft labels is an axis of the fit, for routers that read labels`() throws {
        let lock = try Self.lock(
            "routers: [softmax, {kind: knn-label, k: 3}]",
            "budgets: {rule: soft-label, at: [0, 100, inf], scale: 100}"
        )
        #expect(lock.cellCount == 3 + 1)
        let fits = (0..<4).map { lock.fit(ofGroup: $0) }
        #expect(fits.map(\.label?.lambda) == [0, 100, .infinity, nil])
        #expect(fits[0].label?.scale == 100)
        #expect(lock.job(ofCell: 2).rule == .softLabel && lock.job(ofCell: 2).budget == .exact)
        #expect(lock.fitBytes(ofGroup: 2) == fits[2].json.canonicalBytes())
    }

    @Test func `lambdas of two scales are not the same, and one of one scale twice is`() throws {
        let lock = try Self.lock(
            "routers: [softmax, best-single]",
            "budgets: [{rule: soft-label, at: [0, 1], scale: 1}, {rule: soft-label, at: [1, 2], scale: 10}]"
        )
        #expect(lock.contents.axes.labels.map(\.scale) == [1, 1, 10, 10])
        #expect(lock.cellCount == 4 + 1)
        let error = #expect(throws: RouteGridError.self) {
            try Self.lock(
                "routers: [softmax]",
                "budgets: [{rule: soft-label, at: [1]}, {rule: soft-label, at: [0, 1]}]"
            )
        }
        #expect(error?.message.contains("given twice") == true)
    }

    @Test func `each router has the budgets of the rules that apply to it`() throws {
        let lock = try Self.lock(
            "routers: [softmax, {kind: knn, k: 3}, best-single]",
            "budgets: [{rule: threshold, at: [exact, 1x]}, {rule: soft-label, at: [0, 10]}]"
        )
        #expect(lock.contents.blocks.map(\.budgets) == [[2], [0, 1], [0, 1, 2]])
        #expect(lock.cellCount == 2 + 2 + 3)
    }

    @Test func `the blobs of a grid are exactly what its cells name`() throws {
        let grid = try DatasetFixture.resolve("datasets: {one: one}\nrouters: [linear]\nmodels: [leave-one-out]")
        #expect(Set(grid.blobs.keys) == Set(grid.lock.blobs))
        for (digest, source) in grid.blobs {
            let bytes = source.bytes()
            #expect(Digest(hashing: bytes) == digest)
            #expect(bytes.count == source.byteCount && grid.lock.blobByteCount(digest) == bytes.count)
        }
        for group in 0..<grid.lock.groupCount {
            #expect(grid.lock.data(ofGroup: group).allSatisfy { grid.blobs[$0] != nil })
            let fit = grid.lock.fit(ofGroup: group)
            let job = grid.lock.job(ofCell: grid.lock.cells(ofGroup: group).lowerBound)
            #expect(Set(grid.lock.data(ofGroup: group)) == Set(fit.data.blobs + job.blobs))
        }
    }

    @Test func `where keeps rows, and only them`() throws {
        let lock = try DatasetFixture.resolve(
            "datasets: {one: {path: one, where: {dataset: d1}}}\nrouters: [oracle]"
        ).lock
        #expect(lock.contents.axes.tables[0].sampleCount == 10)
    }

    @Test func `durations, memory and percentages are read with their units`() throws {
        let lock = try Self.lock(
            "routers: [oracle]",
            "limits: {fit_timeout: 1.5h, cell_timeout: 250ms, max_fails: 3}",
            "resources: {cpus: 2, memory: 1.5GiB}"
        )
        #expect(lock.limits.fitTimeoutMilliseconds == 5_400_000)
        #expect(lock.limits.cellTimeoutMilliseconds == 250)
        #expect(lock.limits.maximumFailures(ofCells: 1_000) == 3)
        #expect(lock.limits.memoryBytes == 1_610_612_736)
        #expect(lock.resources.cpus == 2)
    }

    @Test func `a lock asks for the most that its grid or one of its routers needs`() throws {
        let lock = try Self.lock(
            "routers: [{kind: knn, k: 3, resources: {gpus: 2, memory: 3GiB}}, {kind: linear, resources: {cpus: 4}}]",
            "resources: {cpus: 2, memory: 1GiB}"
        )
        #expect(lock.resources.cpus == 4 && lock.resources.gpus == 2 && lock.limits.memoryBytes == 3 << 30)
    }

    @Test func `a grid of ten million cells is a few kilobytes`() throws {
        let lock = try Self.lock(
            "routers: [{kind: random, trials: \"range(1,101)\"}]",
            "seeds: \"range(0,100000)\"",
            "limits: {cells: 10000000}"
        )
        #expect(lock.cellCount == 10_000_000)
        #expect(lock.bytes.count < 8_192)
        #expect(lock.fit(ofGroup: 9_999_999).seed == 99_999)
    }

    @Test func `in mode compat vectors of other widths may be left out by fusion`() throws {
        let lock = try Self.lock(
            "mode: compat",
            "modality: [both, {train: image, test: both}]",
            "fusion: [mean, concat]",
            "routers: [linear]",
            "exclude: [{modality: {train: image, test: both}, fusion: concat}]"
        )
        #expect(lock.activeCellCount == 3)
    }
}
