import Foundation
import RouteGridBase

/// How far a coordinator's clock is from this machine's.
struct ClockSkew {
    /// Seconds by which the coordinator is ahead.
    let seconds: Double
    /// Half of the time that the question took: it is no better known.
    let uncertainty: Double

    /// Beyond it times of records and logs of two machines cannot be put in order, and invites end early or late.
    private static let limit = 5.0

    /// Nil when the answer has no time: the coordinator is of an older version.
    ///
    /// - Parameters:
    ///   - status: the coordinator's answer, whose member `time` is when it was written.
    ///   - asked: this machine's time before the question.
    ///   - answered: the same after the answer.
    init?(status: JSONValue, asked: Date, answered: Date) {
        guard let text = status["time"]?.stringValue,
            let time = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        else { return nil }
        uncertainty = max(0, answered.timeIntervalSince(asked)) / 2
        seconds = time.timeIntervalSince(asked) - uncertainty
    }

    var finding: Finding {
        let side = seconds < 0 ? "behind" : "ahead"
        let text = String(format: "the coordinator's is %.2f s \(side) (± %.2f s)", abs(seconds), uncertainty)
        guard abs(seconds) - uncertainty > Self.limit else { return Finding("clock", .ok, text) }
        return Finding(
            "clock",
            .warn,
            text,
            advice: "times of the two machines cannot be compared, and invites end early or late: set the clocks by NTP"
        )
    }
}
