package import RouteGridBase

/// A record that is on no board, and why.
package struct LeftOut: Hashable, Sendable {
    /// File and line, or the number that a coordinator gave it.
    package let place: String
    /// Nil for what is no record.
    package let jobKey: JobKey?
    package let why: String

    package init(place: String, jobKey: JobKey? = nil, why: String) {
        (self.place, self.jobKey, self.why) = (place, jobKey, why)
    }

    /// For something that an error names with its place.
    init(_ error: RouteGridError, place: String, jobKey: JobKey? = nil) {
        let prefix = place + ": "
        let message = error.message
        let why = message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message
        self.init(place: place, jobKey: jobKey, why: why)
    }

    /// `records.jsonl:7: expected …`.
    package var text: String { "\(place): \(why)" }

    var json: JSONValue {
        ["place": .string(place), "job_key": jobKey.map { .string($0.hex) } ?? .null, "why": .string(why)]
    }
}

/// What happens to records that cannot be on a board.
package enum BadRecords: Hashable, Sendable {
    /// They end the aggregation: whoever asks for a board of some files is to know at once.
    case refuse
    /// They are shown as left out: a follower goes on whatever comes.
    case setAside
}
