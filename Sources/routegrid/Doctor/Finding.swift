import RouteGridBase

/// One line of the output of `doctor`.
struct Finding: Sendable {
    enum Verdict: String, Sendable { case ok, warn, fail }

    /// What was checked, such as `libzmq`.
    var subject: String
    var verdict: Verdict
    /// What was found, in a few words.
    var value: String
    /// What to do, when something is wrong.
    var advice: String?

    init(_ subject: String, _ verdict: Verdict, _ value: String, advice: String? = nil) {
        self.subject = subject
        self.verdict = verdict
        self.value = value
        self.advice = advice
    }

    var json: JSONValue {
        .object([
            "subject": .string(subject), "verdict": .string(verdict.rawValue), "value": .string(value),
            "advice": advice.map { .string($0) } ?? .null,
        ])
    }
}
