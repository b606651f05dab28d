package import RouteGridBase

/// That a configuration was read on the test part of some data under some split.
///
/// Seeds, λ, budgets and prices are no configurations of their own: whoever reads one of them has read the test part. What
/// counts is what a person could choose between: router with parameters, modalities, encoders, fusion.
package struct TestRead: Hashable, Sendable {
    /// The digest of the samples, the pool and its outcomes.
    package let data: Digest
    /// Canonical JSON of the split with its seed and index.
    package let split: String
    package let configuration: Digest

    /// - Parameter job: a record's `job`; nil comes of one that reads no test part.
    package init?(job: JSONValue) {
        guard job["kind"] == "evaluate", job["part"] == "test",
            let data = job["data"]?.stringValue.flatMap({ Digest(hex: $0) })
        else {
            return nil
        }
        self.data = data
        split = (job["split"] ?? .null).canonicalText
        var members: [String: JSONValue] = [:]
        for name in ["router", "modality", "encoder", "fusion"] { members[name] = job[name] }
        configuration = JSONValue.object(members).digest
    }
}

/// How many configurations were read on test, by data and split.
package struct TestReadCounts: Hashable, Sendable {
    package struct Place: Hashable, Comparable, Sendable {
        package let data: Digest
        package let split: String

        package init(data: Digest, split: String) { (self.data, self.split) = (data, split) }

        /// Where a record's `job` reads test; nil when it does not.
        package init?(job: JSONValue) {
            guard let read = TestRead(job: job) else { return nil }
            self.init(data: read.data, split: read.split)
        }

        package static func < (left: Place, right: Place) -> Bool {
            (left.data, left.split) < (right.data, right.split)
        }
    }

    package static let schema = "routegrid/test-reads/v1"
    package private(set) var counts: [Place: Int] = [:]

    package init() {}

    /// What some records show by themselves.
    package init(jobs: some Sequence<JSONValue>) {
        for read in Set(jobs.compactMap(TestRead.init)) {
            counts[Place(data: read.data, split: read.split), default: 0] += 1
        }
    }

    package subscript(place: Place) -> Int? { counts[place] }

    /// Takes a count over; of two the larger is nearer to the truth, since reads are never undone.
    package mutating func raise(_ place: Place, to count: Int) { counts[place] = max(counts[place] ?? 0, count) }

    package mutating func raise(to other: TestReadCounts) {
        for (place, count) in other.counts { raise(place, to: count) }
    }

    /// Only the places that the other counts name.
    package func limited(to other: TestReadCounts) -> TestReadCounts {
        var kept = TestReadCounts()
        kept.counts = counts.filter { other.counts[$0.key] != nil }
        return kept
    }

    package var json: JSONValue {
        [
            "schema": .string(Self.schema),
            "reads": .array(
                counts.sorted { $0.key < $1.key }.map { place, count in
                    [
                        "data": .string(place.data.hex), "split": .string(place.split),
                        "configurations": JSONValue(count),
                    ]
                }
            ),
        ]
    }

    /// - Throws: ``RouteGridError`` `badInput` with the member that is wrong.
    package init(json: JSONValue, place: String) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        try object.schema(Self.schema)
        for json in try object.list("reads") {
            var read = try StrictObject(json, place: "\(place): reads")
            let found = Place(data: try read.digest("data"), split: try read.text("split"))
            raise(found, to: try read.integer("configurations", in: 0...1 << 40))
            try read.finish()
        }
        try object.finish()
    }
}
