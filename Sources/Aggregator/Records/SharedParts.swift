import RouteGridBase
import Scoring

/// What many records say alike, held once: from several threads at a time.
final class SharedParts: Sendable {
    private let frames = LockedBox([[UInt8]: JobFrame]())
    private let names = LockedBox([[String]: MetricReadings.Names]())
    private let values = LockedBox([JSONValue: JSONValue]())
    private let picks = LockedBox([CurvePicks: CurvePicks]())

    /// The frame of a job.
    ///
    /// - Parameters:
    ///   - key: The job's text without its seed and its split's index.
    ///   - make: Reads the frame where it is not known.
    /// - Returns: The frame.
    func frame(_ key: [UInt8], _ make: () throws(RouteGridError) -> JobFrame) throws(RouteGridError) -> JobFrame {
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
    func picks(_ picks: CurvePicks) -> CurvePicks { Self.shared(self.picks, picks) { picks } }

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
