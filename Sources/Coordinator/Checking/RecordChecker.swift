import Catalog
import Foundation
package import Grid
package import RouteGridBase
import Scheduling
import Scoring

/// Checks results before they are committed: whether each says what its cell asks for, and only what follows from its
/// choices.
///
/// It runs on the store's writing queue, on several cores, never on the loop; what waits for it is bounded by what may
/// wait for the disk. A record that passes is consistent: who made up the choices themselves is found by computing the
/// cell again, and by nothing else.
package final class RecordChecker: Sendable {
    private let grounds = GroundCache()
    private let families = LockedBox<[Family: RecordWriter]>([:])
    private static let familyLimit = 512

    /// Whether every record is read as a tree: the slow way, which the fast one is compared with.
    private let readsTrees: Bool

    private let trees = LockedBox(0)

    package init(readsTrees: Bool = false) { self.readsTrees = readsTrees }

    /// How many records were read as a tree.
    package var treeCount: Int { trees.withLock { $0 } }

    /// The evaluations of a group that differ in their budget only.
    private struct Family: Hashable {
        let run: RunID
        /// With another budget than theirs.
        let job: JobIdentity
    }

    /// Checks the results of a batch.
    ///
    /// - Returns: those that must not be stored, by their place among the results, with the reason; and how many could
    ///   not be checked against data, because a blob that they are computed from is not here.
    package func faults(
        in writes: [StoreWrite],
        locks: [RunID: GridLock],
        store: RecordStore
    ) -> (faults: [Int: String], unchecked: Int) {
        let rows = writes.compactMap { write -> ResultRow? in
            if case .result(let row) = write { row } else { nil }
        }
        guard rows.contains(where: { !$0.isOwn }) else { return ([:], 0) }
        var inline: [Digest: ArraySlice<UInt8>] = [:]
        for blob in rows.lazy.flatMap(\.blobs) { inline[blob.digest] = blob.bytes }
        let blobs = inline
        let found = LockedBox<(faults: [Int: String], unchecked: Int)>(([:], 0))
        let pieces = min(rows.count, ProcessInfo.processInfo.activeProcessorCount)
        DispatchQueue.concurrentPerform(iterations: pieces) { piece in
            for place in stride(from: piece, to: rows.count, by: pieces) {
                guard !rows[place].isOwn, let lock = locks[rows[place].run] else { continue }
                let outcome = self.check(rows[place], lock, inline: blobs, store)
                if outcome == .right { continue }
                found.withLock {
                    switch outcome {
                    case .right: break
                    case .unchecked: $0.unchecked += 1
                    case .wrong(let why):
                        $0.faults[place] = "a result for cell \(rows[place].cell) of run \(rows[place].run): \(why)"
                    }
                }
            }
        }
        return found.withLock { $0 }
    }

    private enum Outcome: Equatable {
        case right, unchecked
        case wrong(String)
    }

    private func check(
        _ row: ResultRow,
        _ lock: GridLock,
        inline: [Digest: ArraySlice<UInt8>],
        _ store: RecordStore
    ) -> Outcome {
        let group = lock.group(ofCell: row.cell)
        let isMeasurement = !lock.evaluationGroups.contains(group)
        guard row.isLatency == isMeasurement else { return .wrong("its record is of another kind than its cell") }
        // Times are what they are: nothing follows from choices.
        if isMeasurement { return .right }
        let fit = lock.fit(ofGroup: group)
        let job = lock.job(ofCell: row.cell)
        let writer = writer(row.run, fit, job, lock, group)
        guard let text = writer.result(in: row.body, budget: job.budget, jobKey: row.jobKey) else {
            return .wrong("its record does not say the cell's job")
        }
        guard let named = row.choices else { return .wrong("it names no choices") }
        let ground: EvaluationGround
        let choices: [UInt8]
        do throws(RouteGridError) {
            guard let found = try grounds.ground(fit, job, store) else { return .unchecked }
            ground = found
            if let bytes = inline[named] {
                choices = Array(bytes)
            } else if let blob = try store.blob(named, from: 0, count: GroundCache.byteLimit) {
                choices = blob.bytes
            } else {
                // The store refuses it, and says so.
                return .right
            }
        } catch {
            // What is wrong with the data or the disk is no fault of the worker.
            return .unchecked
        }
        func fault(_ contents: RecordContents) throws(RouteGridError) -> String? {
            try RecordClaim(contents, fit: fit, job: job).fault(on: ground, choices: choices)
        }
        do throws(RouteGridError) {
            // A record in the form that workers write is accepted in place; all others are judged by their tree.
            if !readsTrees, let contents = RecordContents(reading: text, mode: fit.mode), try fault(contents) == nil {
                return .right
            }
            trees.withLock { $0 += 1 }
            let result = try JSONValue(parsing: text, place: "its record")
            return try fault(RecordContents(result, mode: fit.mode)).map(Outcome.wrong) ?? .right
        } catch {
            return .wrong(error.message)
        }
    }

    private func writer(
        _ run: RunID,
        _ fit: FitIdentity,
        _ job: JobIdentity,
        _ lock: GridLock,
        _ group: Int
    ) -> RecordWriter {
        var family = job
        family.budget = .exact
        let name = Family(run: run, job: family)
        if let known = families.withLock({ $0[name] }) { return known }
        let made = RecordWriter(fit: fit, job: job, labels: lock.labels(ofGroup: group))
        families.withLock {
            if $0.count >= Self.familyLimit { $0 = [:] }
            $0[name] = made
        }
        return made
    }
}
