import RouteGridBase
import Scoring

/// What many records say alike, held once: from several threads at a time.
final class SharedParts: Sendable {
    private let frames = LockedBox([FrameKey: JobFrame]())
    private let names = LockedBox([[String]: MetricReadings.Names]())
    private let values = LockedBox([JSONValue: JSONValue]())
    private let picks = LockedBox([CurvePicks: SharedPicks]())

    /// The frame of a job.
    ///
    /// - Parameters:
    ///   - key: The job's text without its seed and its split's index.
    ///   - make: Reads the frame where it is not known.
    /// - Returns: The frame.
    /// - Throws: What `make` throws.
    func frame(_ key: [UInt8], _ make: () throws(RouteGridError) -> JobFrame) throws(RouteGridError) -> JobFrame {
        let key = FrameKey(bytes: key)
        if let known = frames.withLock({ $0[key] }) { return known }
        let made = try make()
        return frames.withLock { frames in
            if let known = frames[key] { return known }
            frames[key] = made
            return made
        }
    }

    func names(_ names: [String]) -> MetricReadings.Names { Self.shared(self.names, names) { .init(names) } }
    func value(_ value: JSONValue) -> JSONValue { Self.shared(values, value) { value } }
    func picks(_ picks: CurvePicks) -> SharedPicks { Self.shared(self.picks, picks) { SharedPicks(picks) } }

    private static func shared<Key, Value>(
        _ known: LockedBox<[Key: Value]>,
        _ key: Key,
        _ make: () -> Value
    ) -> Value {
        known.withLock { known in
            if let found = known[key] { return found }
            let made = make()
            known[key] = made
            return made
        }
    }
}

/// Where metrics were read, held once for the records that say the same.
final class SharedPicks: Sendable {
    let picks: CurvePicks
    init(_ picks: CurvePicks) { self.picks = picks }
}

/// A text as a key: hashed in one go, since arrays are hashed byte by byte.
private struct FrameKey: Hashable {
    let bytes: [UInt8]

    func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}
