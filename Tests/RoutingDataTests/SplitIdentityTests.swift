import RouteGridBase
import RoutingData
import Testing

struct SplitIdentityTests {
    static let splits = [
        Split(kind: .random(train: 0.6, dev: 0.2, test: 0.2, groupBy: .prompt), seed: 1, index: 4),
        Split(kind: .kfold(folds: 5, dev: 0, groupBy: .sample), seed: 2),
        Split(kind: .heldOut(train: ["a", "b"], test: ["c"], dev: 0.1, groupBy: .sample), seed: 3),
        Split(kind: .compat(train: 0.2), seed: 42), Split(kind: .vlCompat(train: 0.7, dev: 0.1), seed: 42),
        Split(kind: .random(train: 0.6, dev: 0.2, test: 0.2, groupBy: .prompt, fixedTest: true), seed: 1, index: 4),
        Split(kind: .kfold(folds: 5, dev: 0, groupBy: .sample, fixedTest: 0.25), seed: 2),
    ]

    @Test(arguments: splits)
    func `a split is read back from its canonical bytes`(split: Split) throws {
        let read = try JSONValue(parsing: split.json.canonicalBytes(), place: "split")
        #expect(try Split(json: read) == split)
    }

    @Test func `the identity of a random split is one text`() {
        #expect(
            Self.splits[0].json.canonicalText
                == #"{"index":4,"kind":"random","parameters":{"dev":"0.2","group_by":"prompt","test":"0.2","train":"0.6"},"#
                + #""revision":1,"seed":1}"#
        )
    }

    @Test func `a fixed test part is a parameter of its own, and splits without one keep their text`() {
        #expect(
            Self.splits[5].json.canonicalText
                == #"{"index":4,"kind":"random","parameters":{"dev":"0.2","fixed_test":true,"group_by":"prompt","test":"0.2","#
                + #""train":"0.6"},"revision":1,"seed":1}"#
        )
        #expect(
            Self.splits[6].json.canonicalText
                == #"{"index":0,"kind":"kfold","parameters":{"fixed_test":true,"folds":5,"group_by":"sample","test":"0.25"},"#
                + #""revision":1,"seed":2}"#
        )
    }

    @Test func `splits that test the same items say so, however the rest is divided`() {
        func items(_ kind: Split.Kind, seed: Int = 1, index: Int = 0) -> JSONValue {
            Split(kind: kind, seed: seed, index: index).testItems
        }
        let random = Split.Kind.random(train: 0.6, dev: 0.2, test: 0.2, groupBy: .sample)
        let other = Split.Kind.random(train: 0.4, dev: 0.4, test: 0.2, groupBy: .sample)
        let fixed = Split.Kind.random(train: 0.6, dev: 0.2, test: 0.2, groupBy: .sample, fixedTest: true)
        #expect(items(random) == items(other) && items(random) != items(random, index: 1))
        #expect(items(fixed) == items(fixed, index: 1) && items(fixed) != items(random))
        #expect(items(fixed) == items(.kfold(folds: 4, dev: 0, groupBy: .sample, fixedTest: 0.2), index: 3))
        let held = Split.Kind.heldOut(train: ["a"], test: ["b"], dev: 0.2, groupBy: .sample)
        #expect(items(held) == items(.heldOut(train: ["c"], test: ["b"], dev: 0, groupBy: .prompt), seed: 2, index: 5))
    }

    @Test(arguments: [
        (#"{"kind":"randon","revision":1}"#, "did you mean \"random\""),
        (#"{"kind":"random","revision":2,"seed":1,"index":0}"#, "revision"),
        (#"{"kind":"compat","revision":1,"seed":1,"index":0,"parameters":{}}"#, "split.parameters.train"),
        (#"{"kind":"compat","revision":1,"index":0,"parameters":{"train":"0.2"}}"#, "seed and index"),
    ])
    func `an identity that is not one is refused`(text: String, expected: String) {
        let found = message { _ = try Split(json: JSONValue(parsing: text, place: "t")) }
        #expect(found.contains(expected), "\(found)")
    }

    /// A changed fingerprint means other parts for the same key: raise the kind's revision and store the new one.
    @Test(arguments: [
        ("random", 1, "f1584823e659492b"), ("kfold", 1, "1add8271f55f2454"), ("held-out", 1, "7d2c8a7f14970268"),
        ("compat", 1, "a630ba9857cdab9a"),
        ("vl-compat", 1, "a3f17337a0f95d24"),
    ])
    func `a kind of one revision gives the same parts for ever`(kind: String, revision: Int, fingerprint: String) throws
    {
        let samples = (0..<60).map { Sample(id: "s\($0)", dataset: ["a", "b", "c"][$0 % 3], group: "g\($0 / 2)") }
        let split = try #require(Self.splits.first { $0.kind.name == kind })
        #expect(split.revision == revision)
        let parts = try split.parts(of: samples)
        let text = [parts.train, parts.dev, parts.test].map(\.description).joined(separator: " ")
        #expect(Digest(hashing: text.utf8).hex.prefix(16) == fingerprint)
    }
}
