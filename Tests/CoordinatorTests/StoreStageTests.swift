import Coordinator
import Grid
import RouteGridBase
import Scheduling
import Testing

/// Frozen selections and test reads on disk.
struct StoreStageTests {
    private static func read(_ configuration: Int, split: Int = 0) throws -> TestRead {
        let job: JSONValue = [
            "kind": "evaluate", "part": "test", "data": .string(StoreBench.blob("data").hex),
            "split": ["kind": "random", "index": JSONValue(split)],
            "router": ["kind": "knn", "k": JSONValue(configuration)],
        ]
        return try #require(TestRead(job: job))
    }

    @Test func `a selection is there after a restart, whole`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        #expect(try bench.store.runs().map(\.selection) == [nil])
        let bytes = Array("the selection".utf8)
        try bench.store.commit([.selection(run, Digest(hashing: bytes), bytes)])
        try bench.reopen()
        #expect(try bench.store.runs().map(\.selection) == [Digest(hashing: bytes)])
        #expect(try bench.store.blob(Digest(hashing: bytes), from: 0, count: .max)?.bytes == bytes)
    }

    @Test func `results with blobs are committed beside a selection and after it`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        let bytes = Array("the selection".utf8)
        try bench.store.commit([
            .result(StoreBench.row(run, cell: 0, blobs: ["a"])), .selection(run, Digest(hashing: bytes), bytes),
            .result(StoreBench.row(run, cell: 1, blobs: ["b"])),
        ])
        #expect(try bench.store.commit([.result(StoreBench.row(run, cell: 2, blobs: ["c"]))]).verdicts == [.new])
        for text in ["a", "the selection", "b", "c"] { #expect(try bench.store.hasBlob(StoreBench.blob(text))) }
    }

    @Test func `a configuration that was read on test is counted once, by test items`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        for (cell, read) in [
            try Self.read(5), try Self.read(5), try Self.read(9), try Self.read(5, split: 1),
        ].enumerated() {
            var row = StoreBench.row(run, cell: CellID(cell))
            row.testRead = read
            try bench.store.commit([.result(row)])
        }
        try bench.store.commit([.result(StoreBench.row(run, cell: 9))])
        try bench.reopen()
        let counts = try bench.store.testReads().counts
        let places = [0, 1].map {
            TestReadCounts.Place(samples: StoreBench.blob("data"), part: "{\"index\":\($0),\"kind\":\"random\"}")
        }
        #expect(counts == [places[0]: 2, places[1]: 1])
    }

    @Test func `a record that cannot be read has no value`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        let lines = ["{\"result\":{\"metrics\":{\"ps\":{\"v\":0.5}}}}", "{\"result\":,}", "{}"]
        for (cell, line) in lines.enumerated() {
            var row = StoreBench.row(run, cell: CellID(cell))
            row.body = Array(line.utf8)[...]
            try bench.store.commit([.result(row)])
        }
        let readings = try bench.store.readings(of: "ps", keys: lines.indices.map { StoreBench.key("cell \($0)") })
        #expect(readings[StoreBench.key("cell 0")] == .value(0.5))
        for cell in 1...2 {
            guard case .absent(let why)? = readings[StoreBench.key("cell \(cell)")] else {
                Issue.record("a value of \(lines[cell])")
                continue
            }
            #expect(why.hasPrefix("its record"))
        }
    }

    @Test func `a read stands together with its record or not at all`() throws {
        let bench = try StoreBench()
        let run = try bench.addRun()
        try bench.breakTable("record")
        var row = StoreBench.row(run, cell: 0)
        row.testRead = try Self.read(5)
        #expect(throws: RouteGridError.self) { try bench.store.commit([.result(row)]) }
        #expect(try bench.store.testReads().counts.isEmpty)
    }

    @Test func `counts read back from their bytes, and of two the larger stays`() throws {
        var counts = TestReadCounts()
        let place = TestReadCounts.Place(samples: StoreBench.blob("data"), part: "{}")
        counts.raise(place, to: 3)
        counts.raise(place, to: 2)
        #expect(counts[place] == 3)
        #expect(try TestReadCounts(json: counts.json, place: "reads") == counts)
    }
}
