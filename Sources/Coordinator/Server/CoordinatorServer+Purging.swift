import Keys
import Logging
import RouteGridBase
import Scheduling
import Wire

/// Records that are taken back while the coordinator serves.
///
/// From the first moment no look-up counts a record that is to go; what was said to be recorded before is on disk when
/// the records go, and goes with them.
extension CoordinatorServer {
    /// The control `purge`: `selector` says whose records, `value` is `dry-run` to only count them.
    ///
    /// - Throws: `usage` for another selector, `temporary` while another purge is under way.
    func purge(_ control: WireControl, of peer: Peer, _ route: RoutingID) throws(RouteGridError) {
        let request = try PurgeRequest(text: control.selector)
        guard !isPurging else { throw RouteGridError(.temporary, "another purge is under way; try again later") }
        let (isDry, state, actor) = (control.value == "dry-run", configuration.stateFolder, actor(peer))
        isPurging = !isDry
        access.read { store throws(RouteGridError) in
            let (selection, detail) = try request.selection(state: state)
            return (records: try store.delivered(selection), detail: detail)
        } then: { outcome in
            self.assumeIsolated { server in
                switch outcome {
                case .failure(let error): server.purged(.failure(error), route)
                case .success(let found) where isDry:
                    server.send(.done(PurgeReport(records: found.records, cells: nil).json.jsonText), to: route)
                case .success(let found): server.purge(found.records, actor: actor, detail: found.detail, route)
                }
            }
        }
    }

    private func purge(_ records: [DeliveredRecord], actor: String, detail: String, _ route: RoutingID) {
        purgedKeys = Set(records.map(\.jobKey))
        commits.add { error in
            self.assumeIsolated { server in
                if let error { return server.purged(.failure(error), route) }
                server.access.write { store throws(RouteGridError) in
                    let cells = records.isEmpty ? [:] : try store.purge(records, actor: actor, detail: detail)
                    return Purged(records: records, cells: cells, divergences: try store.divergenceCounts())
                } then: { outcome in
                    self.assumeIsolated { $0.purged(outcome, route) }
                }
            }
        }
        commitIfIdle()
    }

    private struct Purged: Sendable {
        let records: [DeliveredRecord]
        let cells: [RunID: [CellID]]
        let divergences: [RunID: Int]
    }

    private func purged(_ outcome: Result<Purged, RouteGridError>, _ route: RoutingID) {
        switch outcome {
        case .failure(let error): refuse(error, route)
        case .success(let purged):
            divergences = purged.divergences
            audits.forget(purgedKeys)
            for (run, cells) in purged.cells.sorted(by: { $0.key < $1.key }) { handle(.purged(run, cells: cells)) }
            let count = purged.cells.values.reduce(0) { $0 + $1.count }
            log.warning("records purged", metadata: ["records": "\(purged.records.count)", "cells": "\(count)"])
            send(.done(PurgeReport(records: purged.records, cells: count).json.jsonText), to: route)
            commitIfIdle()
        }
        // Look-ups that were asked before the records went are answered before this.
        access.read { _ throws(RouteGridError) in
        } then: { _ in
            self.assumeIsolated { ($0.purgedKeys, $0.isPurging) = ([], false) }
        }
    }
}
