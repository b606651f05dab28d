import Grid
import RouteGridBase
import Scheduling

/// Reports on runs and their cells: the same from a serving coordinator and from a state folder at rest.
enum RunReports {
    /// Failed cells per answer.
    static let cellsAtOnce = 1_000

    /// The name of a run and its origin.
    struct Heading {
        var name = ""
        var submitted = ""
        var reason = ""
    }

    static func run(
        _ id: RunID,
        _ counts: RunCounts,
        _ heading: Heading,
        selection: ServerSelection?,
        divergent: Int,
        obstacle: String? = nil,
        trouble: String? = nil
    ) -> JSONValue {
        [
            "run": JSONValue(Int(id.rawValue)),
            "name": .string(heading.name),
            "submitted": .string(heading.submitted),
            "state": .string(counts.state.rawValue),
            "reason": .string(heading.reason),
            "priority": JSONValue(counts.priority),
            "cells": JSONValue(counts.cells),
            "done": JSONValue(counts.done),
            "reused": JSONValue(counts.reused),
            "leased": JSONValue(counts.leased),
            "pending": JSONValue(counts.pending),
            "backing_off": JSONValue(counts.backingOff),
            "failed": JSONValue(counts.failed),
            "quarantined": JSONValue(counts.quarantined),
            "stage": counts.stage.map { JSONValue($0) } ?? .null,
            "selected": selection.map { JSONValue($0.chosen) } ?? .null,
            "not_selected": selection.map { JSONValue($0.unmade) } ?? .null,
            "divergent": JSONValue(divergent),
            "obstacle": obstacle.map { .string($0) } ?? .null,
            "store_trouble": trouble.map { .string($0) } ?? .null,
        ]
    }

    /// The cells that failed for good, after one of them; `next` is the last cell of an answer that is not the last.
    static func failures(
        _ id: RunID,
        _ lock: GridLock?,
        _ exceptions: [(cell: CellID, exception: CellException)],
        after: CellID
    ) -> JSONValue {
        let failed = exceptions.filter { $0.exception.state != .retrying }
        let rest = failed.drop { $0.cell <= after }
        var group: (number: Int, members: [String: JSONValue])?
        let cells = rest.prefix(cellsAtOnce).map { item -> JSONValue in
            var members = self.exception(item.exception)
            members["cell"] = JSONValue(item.cell)
            if let lock {
                let number = lock.group(ofCell: item.cell)
                if group?.number != number { group = (number, fit(lock, group: number)) }
                members.merge(group?.members ?? [:]) { $1 }
                members["budget"] = budget(lock, cell: item.cell, group: number)
            }
            return .object(members)
        }
        return [
            "schema": "routegrid/failures/v1",
            "run": JSONValue(Int(id.rawValue)),
            "cells": .array(cells),
            "total": JSONValue(failed.count),
            "next": rest.count > cellsAtOnce ? cells.last?["cell"] ?? .null : .null,
        ]
    }

    /// What people identify the cells of a group by.
    private static func fit(_ lock: GridLock, group: Int) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        if let fit = try? JSONValue(parsing: lock.fitBytes(ofGroup: group), place: "fit") {
            var router = fit["router"]?.objectValue ?? [:]
            members["router"] = router.removeValue(forKey: "kind") ?? .null
            router["revision"] = nil
            members["parameters"] = .object(router)
            for name in ["split", "seed", "train_modality", "fusion"] { members[name] = fit[name] }
        }
        let labels = lock.labels(ofGroup: group)
        for name in ["dataset", "models"] { members[name] = labels[name] }
        return members
    }

    private static func budget(_ lock: GridLock, cell: CellID, group: Int) -> JSONValue? {
        lock.evaluationGroups.contains(group) ? lock.job(ofCell: cell).budget.json : nil
    }

    private static func exception(_ exception: CellException) -> [String: JSONValue] {
        [
            "state": .string(exception.state.rawValue),
            "kind": .string(exception.kind.rawValue),
            "attempts": JSONValue(exception.attempts),
            "crashes": JSONValue(exception.crashes),
            "text": .string(exception.text),
        ]
    }

    /// Parses a cell, `RUN/CELL`, or a run and a place in one of its lists.
    ///
    /// - Throws: `usage` when the text has another form.
    static func parts(of selector: String) throws(RouteGridError) -> (run: String, number: Int) {
        let parts = selector.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[1]) else {
            throw RouteGridError(.usage, "cell \(selector): expected RUN/CELL, such as 1/42")
        }
        return (String(parts[0]), number)
    }

    /// Why a cell waits, runs, failed or is done.
    ///
    /// - Throws: `usage` when the run has no such cell.
    static func explanation(
        _ id: RunID,
        cell: CellID,
        _ lock: GridLock?,
        job: KeyedJob?,
        standing: CellStanding,
        hasSelected: Bool,
        worker name: (WorkerID) -> String
    ) throws(RouteGridError) -> [String: JSONValue] {
        guard let lock, lock.allCells.contains(cell) else {
            throw RouteGridError(.usage, "run \(id) has \(lock?.cellCount ?? 0) cells; there is no cell \(cell)")
        }
        var report: [String: JSONValue] = [
            "schema": "routegrid/explain/v1", "run": JSONValue(Int(id.rawValue)), "cell": JSONValue(cell),
        ]
        let group = lock.group(ofCell: cell)
        report["job_key"] = job.map { JSONValue.string($0.jobKey.hex) }
        report["fit"] = (try? JSONValue(parsing: lock.fitBytes(ofGroup: group), place: "fit")) ?? .null
        report["dataset"] = lock.labels(ofGroup: group)["dataset"]
        report["budget"] = budget(lock, cell: cell, group: group)
        switch standing {
        case _ where job == nil:
            report["standing"] = "excluded"
            report["reason"] = "the grid's exclude list takes it out"
        case .recorded:
            report["standing"] = "recorded"
            report["reason"] = "its record is on disk"
        case .waiting(let reason):
            report["standing"] = "waiting"
            report["reason"] = .string(reason)
        case .closed(let reason):
            report["standing"] = hasSelected ? "not selected" : "waiting"
            report["reason"] = .string(reason)
        case .leased(let worker, let lease, let isRunning):
            report["standing"] = isRunning ? "running" : "leased"
            report["worker"] = .string(name(worker))
            report["reason"] = .string("lease \(lease) of worker \(name(worker))")
        case .excepted(let exception):
            report["standing"] = .string(exception.state.rawValue)
            report["reason"] = .string("\(exception.kind.rawValue): \(exception.text)")
            report["attempts"] = JSONValue(exception.attempts)
            report["crashes"] = JSONValue(exception.crashes)
        case .noSuchCell: report["standing"] = "no such cell"
        }
        return report
    }
}
