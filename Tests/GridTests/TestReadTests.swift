import Grid
import RouteGridBase
import Testing

/// What counts as one more read of the test items.
struct TestReadTests {
    private static let samples = Digest(hashing: "samples".utf8)

    private static func data(_ pool: [String]) -> Digest {
        RecordedJob.dataDigest(samples: samples, models: pool, quality: Digest(hashing: "quality".utf8))
    }

    private static func job(
        k: Int = 5,
        pool: [String] = ["a", "b"],
        cost: String? = "sheet 1",
        index: Int = 0,
        dev: String = "0.2",
        seed: Int = 0,
        namesSamples: Bool = true
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "kind": "evaluate", "part": "test", "data": .string(data(pool).hex), "seed": JSONValue(seed),
            "router": ["kind": "knn", "k": JSONValue(k)],
            "split": [
                "kind": "random", "train": .string(dev == "0.2" ? "0.6" : "0.4"), "dev": .string(dev), "test": "0.2",
                "group_by": "sample", "seed": 1, "index": JSONValue(index),
            ],
        ]
        if let cost { members["inputs"] = ["cost": .string(cost)] }
        if namesSamples { members["samples"] = .string(samples.hex) }
        return .object(members)
    }

    @Test func `pools and prices are counted together, on the same items`() {
        let jobs = [
            Self.job(), Self.job(seed: 3), Self.job(k: 9), Self.job(pool: ["a"]), Self.job(cost: "sheet 2"),
            Self.job(dev: "0.4"), Self.job(index: 1),
        ]
        let counts = TestReadCounts(jobs: jobs)
        // A seed is no other configuration, another division of the rest no other items.
        #expect(counts.counts.values.sorted() == [1, 4])
        #expect(TestReadCounts.Place(job: jobs[0]) == TestReadCounts.Place(job: jobs[5]))
    }

    @Test func `records that do not name their samples are found by their data`() throws {
        let known = [Self.data(["a", "b"]): Self.samples, Self.data(["a"]): Self.samples]
        let jobs = [Self.job(namesSamples: false), Self.job(pool: ["a"], namesSamples: false)]
        #expect(TestReadCounts(jobs: jobs) { known[$0] }.counts.values.map { $0 } == [2])
        // Their samples are unknown: the pools are counted apart.
        #expect(TestReadCounts(jobs: jobs).counts.values.map { $0 } == [1, 1])
    }

    @Test func `counts of the first version are read, and pools of one dataset add up`() throws {
        let split = Self.job()["split"] ?? .null
        let reads = [["a", "b"], ["a"]].map { pool -> JSONValue in
            [
                "data": .string(Self.data(pool).hex), "split": .string(split.canonicalText), "configurations": 3,
            ]
        }
        let json: JSONValue = ["schema": "routegrid/test-reads/v1", "reads": .array(reads)]
        let known = [Self.data(["a", "b"]): Self.samples, Self.data(["a"]): Self.samples]
        let counts = try TestReadCounts(json: json, place: "test_reads.json") { known[$0] }
        #expect(counts.counts.values.map { $0 } == [6])
        #expect(try counts[#require(TestReadCounts.Place(job: Self.job()))] == 6)
        #expect(try TestReadCounts(json: counts.json, place: "again") == counts)
    }
}
