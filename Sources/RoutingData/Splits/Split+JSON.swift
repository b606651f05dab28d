package import RouteGridBase

extension Split.Kind {
    /// The name in grid files, keys and records.
    package var name: String {
        switch self {
        case .random: "random"
        case .kfold: "kfold"
        case .heldOut: "held-out"
        case .compat: "compat"
        case .vlCompat: "vl-compat"
        }
    }

    /// The parameters as keys hash them, apart from seed and index.
    package var parameters: [String: JSONValue] {
        switch self {
        case .random(let train, let dev, let test, let groupBy, let fixedTest):
            [
                "train": .double(train), "dev": .double(dev), "test": .double(test),
                "group_by": .string(groupBy.rawValue),
            ].merging(fixedTest ? ["fixed_test": true] : [:]) { $1 }
        case .kfold(let folds, _, let groupBy, let fixedTest) where fixedTest > 0:
            [
                "folds": JSONValue(folds), "test": .double(fixedTest), "fixed_test": true,
                "group_by": .string(groupBy.rawValue),
            ]
        case .kfold(let folds, let dev, let groupBy, _):
            ["folds": JSONValue(folds), "dev": .double(dev), "group_by": .string(groupBy.rawValue)]
        case .heldOut(let train, let test, let dev, let groupBy):
            [
                "train": JSONValue(train), "test": JSONValue(test), "dev": .double(dev),
                "group_by": .string(groupBy.rawValue),
            ]
        case .compat(let train): ["train": .double(train)]
        case .vlCompat(let train, let dev): ["train": .double(train), "dev": .double(dev)]
        }
    }
}

extension Split {
    /// One number a kind; it grows whenever the kind gives other parts, and is part of every key.
    package static let revisions = ["random": 1, "kfold": 1, "held-out": 1, "compat": 1, "vl-compat": 1]

    package var revision: Int { Self.revisions[kind.name] ?? 1 }

    /// `{kind, revision, parameters, seed, index}`, as a fit key hashes it.
    package var json: JSONValue {
        [
            "kind": .string(kind.name), "revision": JSONValue(revision), "parameters": .object(kind.parameters),
            "seed": JSONValue(seed), "index": JSONValue(index),
        ]
    }

    /// Reads what ``json`` or its canonical bytes hold.
    ///
    /// - Throws: `badInput` with the field when the kind is unknown, its revision is another than this build's, or a
    ///   field is missing or of the wrong type.
    package init(json: JSONValue, place: String = "split") throws(RouteGridError) {
        let fields = SplitFields(members: json["parameters"]?.objectValue ?? [:], place: "\(place).parameters")
        guard let name = json["kind"]?.stringValue, let known = Self.revisions[name] else {
            let found = json["kind"]?.stringValue ?? ""
            throw .badInput("\(place).kind", "unknown \"\(found)\"\(NearestName.hint(found, in: Self.kindNames))")
        }
        guard json["revision"]?.integerValue == known else {
            throw .badInput("\(place).revision", "this build has revision \(known) of split \(name)")
        }
        guard let seed = json["seed"]?.integerValue, let index = json["index"]?.integerValue,
            Self.seedRange.contains(seed), Self.indexRange.contains(index)
        else {
            throw .badInput(place, "expected whole numbers: seed from 0 to 4294967295 and index from 0 to 1000000")
        }
        let kind: Kind
        switch name {
        case "random":
            kind = .random(
                train: try fields.number("train"),
                dev: try fields.number("dev"),
                test: try fields.number("test"),
                groupBy: try fields.groupBy(),
                fixedTest: try fields.isTestFixed()
            )
        case "kfold":
            guard let folds = json["parameters"]?["folds"]?.integerValue, Self.foldRange.contains(folds)
            else {
                throw .badInput("\(place).parameters.folds", "expected a whole number from 2 to 1000000")
            }
            let fixedTest = try fields.isTestFixed() ? fields.number("test") : 0
            kind = .kfold(
                folds: folds,
                dev: fixedTest > 0 ? 0 : try fields.number("dev"),
                groupBy: try fields.groupBy(),
                fixedTest: fixedTest
            )
        case "held-out":
            kind = .heldOut(
                train: try fields.names("train"),
                test: try fields.names("test"),
                dev: try fields.number("dev"),
                groupBy: try fields.groupBy()
            )
        case "compat": kind = .compat(train: try fields.number("train"))
        default: kind = .vlCompat(train: try fields.number("train"), dev: try fields.number("dev"))
        }
        self.init(kind: kind, seed: seed, index: index)
    }

    /// What seed, index and number of folds may be, in grid files and in keys.
    package static let seedRange = 0...Int(UInt32.max)
    package static let indexRange = 0...1_000_000
    package static let foldRange = 2...1_000_000

    /// Reads the split that a record shows: kind, parameters, seed and index in one object.
    ///
    /// - Throws: As ``init(json:place:)``.
    package init(recorded json: JSONValue, place: String = "job.split") throws(RouteGridError) {
        let kind = json["kind"]?.stringValue ?? ""
        let parameters = (json.objectValue ?? [:]).filter { !["kind", "seed", "index"].contains($0.key) }
        try self.init(
            json: [
                "kind": .string(kind), "revision": JSONValue(Self.revisions[kind] ?? 1),
                "parameters": .object(parameters), "seed": json["seed"] ?? .null, "index": json["index"] ?? .null,
            ],
            place: place
        )
    }

    /// The kinds a grid file may name.
    package static var kindNames: [String] { revisions.keys.sorted() }
}

private struct SplitFields {
    let members: [String: JSONValue]
    let place: String

    func number(_ name: String) throws(RouteGridError) -> Double {
        guard let value = members[name]?.numberValue, (0...1).contains(value) else {
            throw .badInput("\(place).\(name)", "expected a number from 0 to 1")
        }
        return value
    }

    func names(_ name: String) throws(RouteGridError) -> [String] {
        guard let values = members[name]?.arrayValue, case let texts = values.compactMap(\.stringValue),
            texts.count == values.count
        else { throw .badInput("\(place).\(name)", "expected a list of dataset names") }
        return texts
    }

    func isTestFixed() throws(RouteGridError) -> Bool {
        switch members["fixed_test"] {
        case nil: false
        case true: true
        default: throw .badInput("\(place).fixed_test", "expected true")
        }
    }

    func groupBy() throws(RouteGridError) -> Split.GroupBy {
        guard let text = members["group_by"]?.stringValue, let value = Split.GroupBy(rawValue: text) else {
            throw .badInput("\(place).group_by", "expected sample or prompt")
        }
        return value
    }
}
