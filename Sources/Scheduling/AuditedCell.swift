package import RouteGridBase

/// Who computed a result, as far as an audit tells workers apart.
package struct ResultOrigin: Hashable, Comparable, Sendable {
    /// The worker's key, the oldest of its rotations, or the invite by which it came; ``GrantLedger/anybody`` where
    /// there are no keys.
    package let key: String
    /// The machine by the worker's own word: its name without the process number.
    package let host: String

    package init(key: String, host: String) { (self.key, self.host) = (key, host) }

    /// - Parameters:
    ///   - key: the oldest of its rotations.
    ///   - worker: what it calls itself, such as `node7:4711`.
    package init(key: String, worker: String) {
        let parts = worker.split(separator: ":", omittingEmptySubsequences: false)
        let isNumbered = parts.count > 1 && parts.last.map { !$0.isEmpty && $0.allSatisfy(\.isWholeNumber) } == true
        self.init(key: key, host: isNumbered ? parts.dropLast().joined(separator: ":") : worker)
    }

    /// Whether a result of it says something about one of the other.
    ///
    /// - Parameters:
    ///   - other: who computed it before.
    ///   - sharesOneKey: whether all workers have the same key: then another machine is all that there is.
    /// - Returns: whether it is of another key, or else of another machine.
    package func isIndependent(of other: ResultOrigin, sharesOneKey: Bool) -> Bool {
        key != other.key || sharesOneKey && host != other.host
    }

    package static func < (left: ResultOrigin, right: ResultOrigin) -> Bool {
        (left.key, left.host) < (right.key, right.host)
    }
}

/// A cell that is computed again because the sample has it, and what came of it.
package struct AuditedCell: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        /// Recorded once; a second execution is wanted.
        case waiting
        /// Two independent executions gave the same result.
        case agreed
        /// Two gave different results; one on a trusted worker is to decide.
        case suspect
        /// The third gave the result of one of them: the other was wrong.
        case decided
        /// The third gave a result of its own: nothing says which is right.
        case undecided
    }

    /// One computation of the cell.
    package struct Execution: Hashable, Sendable {
        package let origin: ResultOrigin
        /// What the worker called itself.
        package let worker: String
        package let result: Digest

        package init(origin: ResultOrigin, worker: String, result: Digest) {
            (self.origin, self.worker, self.result) = (origin, worker, result)
        }
    }

    package let run: RunID
    package let cell: CellID
    package let jobKey: JobKey
    /// The first, whose record was committed; the second; the third on a trusted worker.
    package private(set) var executions: [Execution]

    package init(run: RunID, cell: CellID, jobKey: JobKey, executions: [Execution]) {
        precondition((1...3).contains(executions.count), "a cell is audited after its first execution, with two more")
        (self.run, self.cell, self.jobKey, self.executions) = (run, cell, jobKey, executions)
    }

    package var first: Execution { executions[0] }

    package var state: State {
        if executions.count == 1 { return .waiting }
        if executions[0].result == executions[1].result { return .agreed }
        if executions.count == 2 { return .suspect }
        return executions.dropLast().contains { $0.result == executions[2].result } ? .decided : .undecided
    }

    /// The execution that the third one showed to be wrong.
    package var refuted: Execution? {
        guard state == .decided else { return nil }
        return executions[2].result == executions[0].result ? executions[1] : executions[0]
    }

    /// What still has to run; nil when nothing more would be learnt.
    package var task: AuditTask? {
        switch state {
        case .waiting: AuditTask(run: run, cell: cell, need: .independent(of: first.origin))
        case .suspect: AuditTask(run: run, cell: cell, need: .trusted)
        case .agreed, .decided, .undecided: nil
        }
    }

    /// Takes an execution if it is one that is wanted.
    ///
    /// - Parameters:
    ///   - execution: what came.
    ///   - isTrusted: whether the operator marked its key as trusted.
    ///   - sharesOneKey: whether all workers have the same key.
    /// - Returns: whether it counts.
    package mutating func add(_ execution: Execution, isTrusted: Bool, sharesOneKey: Bool) -> Bool {
        switch task?.need {
        case .independent(let other):
            guard execution.origin.isIndependent(of: other, sharesOneKey: sharesOneKey) else { return false }
        case .trusted: guard isTrusted else { return false }
        case nil: return false
        }
        executions.append(execution)
        return true
    }
}

/// A cell that some worker is to compute again.
package struct AuditTask: Hashable, Sendable {
    /// Who may compute it.
    package enum Need: Hashable, Comparable, Sendable {
        case independent(of: ResultOrigin)
        case trusted
    }

    package let run: RunID
    package let cell: CellID
    package let need: Need

    package init(run: RunID, cell: CellID, need: Need) { (self.run, self.cell, self.need) = (run, cell, need) }
}
