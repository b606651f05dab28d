import Grid
import Logging
import RouteGridBase
import Scheduling

/// The second stage of a grid with `select`: only the coordinator selects, from the dev records on disk.
extension CoordinatorServer {
    /// Groups per read, so that other reads come in between.
    private static let groupsAtOnce = 64

    /// Reads the dev records of a run and makes its selection.
    func select(_ run: RunID) {
        guard let lock = served[run]?.lock, let tally = SelectionTally(lock) else { return }
        log.info("selecting on dev", metadata: ["run": "\(run)"])
        tallied(run, lock, .success(tally), upTo: 0)
    }

    /// Reads the next groups, or freezes the selection.
    private func tallied(_ run: RunID, _ lock: GridLock, _ outcome: Result<SelectionTally, RouteGridError>, upTo: Int) {
        switch outcome {
        case .failure(let error):
            log.error("the selection failed", metadata: ["run": "\(run)", "error": "\(error)"])
            end(.failure(error))
        case .success(let tally) where upTo == lock.evaluationGroups.upperBound: freeze(tally.frozen(), of: run)
        case .success(let tally):
            let groups = upTo..<min(lock.evaluationGroups.upperBound, upTo + Self.groupsAtOnce)
            access.read { store throws(RouteGridError) in
                var tally = tally
                for group in groups {
                    let keys = tally.judgingJobs(ofGroup: group).map(\.jobKey)
                    tally.add(group: group, readings: try store.readings(of: tally.metricName, keys: keys))
                }
                return tally
            } then: { outcome in
                self.assumeIsolated { $0.tallied(run, lock, outcome, upTo: groups.upperBound) }
            }
        }
    }

    /// Writes the selection to disk; only then may its cells be leased.
    private func freeze(_ selection: FrozenSelection, of run: RunID) {
        let bytes = selection.bytes
        let digest = Digest(hashing: bytes)
        persist(.selection(run, digest, bytes))
        commits.add { error in
            guard error == nil else { return }
            self.assumeIsolated { server in
                server.served[run]?.selection = ServerSelection(digest: digest, selection)
                let cells = server.served[run]?.selection?.cells ?? CellBitmap()
                server.log.info("selected", metadata: ["run": "\(run)", "cells": "\(cells.count)", "sha": "\(digest)"])
                server.handle(.selected(run, cells: cells))
            }
        }
        commitIfIdle()
    }
}

/// What the server keeps of a frozen selection; the whole is a blob.
struct ServerSelection: Sendable {
    let digest: Digest
    let cells: CellBitmap
    /// Configurations selected, and choices that could not be made.
    let chosen: Int
    let unmade: Int

    init(digest: Digest, _ selection: FrozenSelection) {
        self.digest = digest
        cells = CellBitmap(selection.cells)
        chosen = selection.choices.count { $0.chosen != nil }
        unmade = selection.choices.count - chosen
    }

    /// Reads a selection that was made before a restart.
    init(digest: Digest, from store: RecordStore) throws(RouteGridError) {
        guard let blob = try store.blob(digest, from: 0, count: Int.max) else {
            throw RouteGridError(.badInput, "the selection \(digest) is not in the store")
        }
        self.init(digest: digest, try FrozenSelection(parsing: blob.bytes, place: "selection \(digest)"))
    }
}
