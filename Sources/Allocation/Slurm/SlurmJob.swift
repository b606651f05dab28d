import Foundation

/// A job in an answer of `squeue`.
package struct SlurmJob: Hashable, Sendable {
    /// `1234_1` for a task of an array, else `1234`.
    package var id: String
    package var state: SlurmJobState
    /// The node that it has or had; nil while it waits.
    package var node: String?
    /// Why it waits, or how it ended, in Slurm's words.
    package var reason: String

    package init(id: String, state: SlurmJobState, node: String? = nil, reason: String = "") {
        self.id = id
        self.state = state
        self.node = node
        self.reason = reason
    }

    /// Whether it was requeued after its launch failed, and waits for an administrator: it will not start by itself.
    package var isHeldAfterFailure: Bool {
        state == .waiting && reason.lowercased().contains("launch failed requeued held")
    }

    // MARK: squeue

    /// What `squeue` is asked to print, the same whatever the user's environment says.
    package static let format = "%i|%T|%N|%j|%r"

    /// The jobs of one name in an answer in ``format``; lines of another form, such as a cluster's heading, are passed
    /// over.
    package static func jobs(named name: String, in answer: String) -> [SlurmJob] {
        answer.split(whereSeparator: \.isNewline).compactMap { line in
            let fields = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard fields.count == 5, fields[3] == name, fields[0].first?.isNumber == true else { return nil }
            let node = fields[2].isEmpty || fields[2].hasPrefix("(") ? nil : fields[2]
            return SlurmJob(id: fields[0], state: SlurmJobState(fields[1]), node: node, reason: fields[4])
        }
    }
}
