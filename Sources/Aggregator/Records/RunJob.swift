package import RouteGridBase

/// A job that many records share but for its seed and the index of its split.
package final class JobFrame: Sendable {
    /// One such job, whole.
    let json: JSONValue
    /// Those of ``json``; nil where it names none.
    let seed: Int?
    let splitIndex: Int?
    let mode: String
    let numerics: String

    init(_ json: JSONValue) {
        self.json = json
        (seed, splitIndex) = (json["seed"]?.integerValue, json["split"]?["index"]?.integerValue)
        (mode, numerics) = (json["mode"]?.stringValue ?? "", json["numerics"]?.stringValue ?? "")
    }

    /// The members that boards need.
    ///
    /// - Throws: `badInput` that names one which is missing or has another type.
    func check(place: String) throws(RouteGridError) {
        for name in ["mode", "numerics", "dataset", "rule", "budget", "part"] where json[name]?.stringValue == nil {
            throw .badInput(place, "expected a text \"job.\(name)\"")
        }
        guard json["router"]?["kind"]?.stringValue != nil else {
            throw .badInput(place, "expected a text \"job.router.kind\"")
        }
    }
}

/// The job of a record: what its key hashes, as the record shows it, with the labels of its grid.
///
/// Boards of many records hold each frame once; the whole object is put together where somebody asks for it.
package struct RunJob: Sendable {
    let frame: JobFrame
    /// Nil for a router that draws no random number.
    package let seed: Int?
    /// Nil for a job without a split.
    package let splitIndex: Int?

    init(_ frame: JobFrame, seed: Int?, splitIndex: Int?) {
        (self.frame, self.seed, self.splitIndex) = (frame, seed, splitIndex)
    }

    /// A job of its own.
    package init(_ json: JSONValue) {
        frame = JobFrame(json)
        (seed, splitIndex) = (frame.seed, frame.splitIndex)
    }

    /// The same seed and split in another frame.
    func framed(_ other: JobFrame) -> RunJob { RunJob(other, seed: seed, splitIndex: splitIndex) }

    package var json: JSONValue {
        var json = frame.json
        if frame.seed != seed { json = json.with("seed", seed.map { JSONValue($0) } ?? .null) }
        if frame.splitIndex != splitIndex { json = json.with("split", split) }
        return json
    }

    package subscript(name: String) -> JSONValue? {
        switch name {
        case "seed" where frame.seed != seed: seed.map { JSONValue($0) } ?? .null
        case "split": split
        default: frame.json[name]
        }
    }

    private var split: JSONValue? {
        let split = frame.json["split"]
        return frame.splitIndex == splitIndex ? split : split?.with("index", splitIndex.map { JSONValue($0) } ?? .null)
    }
}

private struct FrameSplit: Hashable {
    let frame: ObjectIdentifier
    let index: Int?
}

extension Sequence<RunJob> {
    /// The frames, each once.
    var frames: [JobFrame] {
        var seen: Set<ObjectIdentifier> = []
        return compactMap { seen.insert(ObjectIdentifier($0.frame)).inserted ? $0.frame : nil }
    }

    /// One job of each frame and split: those that differ in the seed alone once.
    var ofEachSplit: [RunJob] {
        var seen: Set<FrameSplit> = []
        return filter { seen.insert(FrameSplit(frame: ObjectIdentifier($0.frame), index: $0.splitIndex)).inserted }
    }
}

/// Numbers for frames by what they come to in words: equal ones for frames that mean the same.
struct FrameNumbers<Name: Hashable> {
    /// With the frames: an identifier is one as long as its object is there.
    private var byFrame: [ObjectIdentifier: (frame: JobFrame, number: Int)] = [:]
    private var byName: [Name: Int] = [:]
    private let name: (JSONValue) -> Name

    /// - Parameter name: What a frame's job comes to; read once a frame.
    init(_ name: @escaping (JSONValue) -> Name) { self.name = name }

    subscript(frame: JobFrame) -> Int {
        mutating get {
            if let known = byFrame[ObjectIdentifier(frame)] { return known.number }
            let name = name(frame.json)
            let number = byName[name] ?? byName.count
            byName[name] = number
            byFrame[ObjectIdentifier(frame)] = (frame, number)
            return number
        }
    }
}
