package import RouteGridBase
import RoutingData

/// That a configuration was read on some test items.
///
/// The items are those that a split tests of some samples, whatever pool answers them and whatever the answers cost.
/// What counts is what a person could choose between: router with parameters, modalities, encoders, fusion, pool and
/// prices. Seeds, λ and budgets are no configurations of their own: whoever reads one of them has read the test part.
package struct TestRead: Hashable, Sendable {
    package let place: TestReadCounts.Place
    package let configuration: Digest

    /// - Parameters:
    ///   - job: a record's `job`; nil comes of one that reads no test part.
    ///   - samples: the samples behind the digest `job.data`, for records that do not name them themselves. Without it
    ///     `job.data` stands for them, so that pools count apart.
    package init?(job: JSONValue, samples: (Digest) -> Digest? = { _ in nil }) {
        guard job["kind"] == "evaluate", job["part"] == "test",
            let data = job["data"]?.stringValue.flatMap({ Digest(hex: $0) })
        else {
            return nil
        }
        let known = job["samples"]?.stringValue.flatMap { Digest(hex: $0) }
        place = TestReadCounts.Place(samples: known ?? samples(data) ?? data, split: job["split"] ?? .null)
        var members: [String: JSONValue] = [:]
        for name in ["router", "modality", "encoder", "fusion", "data"] { members[name] = job[name] }
        members["cost"] = job["inputs"]?["cost"] ?? job["prices"]
        configuration = JSONValue.object(members).digest
    }
}

/// How many configurations were read on test, by test items.
package struct TestReadCounts: Hashable, Sendable {
    package struct Place: Hashable, Comparable, Sendable {
        /// The digest of the samples.
        package let samples: Digest
        /// Canonical JSON of what determines which of them are tested: see `Split.testItems`.
        package let part: String

        package init(samples: Digest, part: String) { (self.samples, self.part) = (samples, part) }

        /// The place of a split as records show it; one that this build does not know stands for itself.
        package init(samples: Digest, split: JSONValue) {
            let items = (try? Split(recorded: split))?.testItems
            self.init(samples: samples, part: (items ?? split).canonicalText)
        }

        /// Where a record's `job` reads test; nil when it does not.
        package init?(job: JSONValue, samples: (Digest) -> Digest? = { _ in nil }) {
            guard let read = TestRead(job: job, samples: samples) else { return nil }
            self = read.place
        }

        package static func < (left: Place, right: Place) -> Bool {
            (left.samples, left.part) < (right.samples, right.part)
        }
    }

    package static let schema = "routegrid/test-reads/v2"
    /// Counts by data (with the pool) and split.
    private static let firstSchema = "routegrid/test-reads/v1"
    package private(set) var counts: [Place: Int] = [:]

    package init() {}

    /// What some records show by themselves.
    package init(jobs: some Sequence<JSONValue>, samples: (Digest) -> Digest? = { _ in nil }) {
        for read in Set(jobs.compactMap { TestRead(job: $0, samples: samples) }) {
            counts[read.place, default: 0] += 1
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
                        "samples": .string(place.samples.hex), "items": .string(place.part),
                        "configurations": JSONValue(count),
                    ]
                }
            ),
        ]
    }

    /// Reads ``json``, also as the first version wrote it: of its places those with the same items add up, since their
    /// pools differ.
    ///
    /// - Throws: ``RouteGridError`` `badInput` with the member that is wrong.
    package init(
        json: JSONValue,
        place: String,
        samples: (Digest) -> Digest? = { _ in nil }
    ) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        let isFirst = json["schema"]?.stringValue == Self.firstSchema
        try object.schema(isFirst ? Self.firstSchema : Self.schema)
        for json in try object.list("reads") {
            var read = try StrictObject(json, place: "\(place): reads")
            let count = try read.integer("configurations", in: 0...1 << 40)
            if isFirst {
                let data = try read.digest("data")
                let split = try JSONValue(parsing: try read.text("split").utf8, place: "\(place): reads.split")
                counts[Place(samples: samples(data) ?? data, split: split), default: 0] += count
            } else {
                raise(Place(samples: try read.digest("samples"), part: try read.text("items")), to: count)
            }
            try read.finish()
        }
        try object.finish()
    }
}
