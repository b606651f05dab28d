import RouteGridBase
import Scheduling

/// Reports on audited cells: the same from a serving coordinator and from a state folder at rest.
enum AuditReports {
    /// Cells that a summary lists of each kind.
    private static let cellsListed = 20

    /// The member `audits` of `status`; `rate` is null where no coordinator says it.
    static func summary(_ audits: AuditLedger, rate: Double?) -> JSONValue {
        let (suspect, decided) = (audits.cells(in: [.suspect, .undecided]), audits.cells(in: [.decided]))
        var refuted: [String: Int] = [:]
        for cell in decided { refuted[cell.refuted?.origin.key ?? "", default: 0] += 1 }
        return [
            "rate": rate.map { .double($0) } ?? .null, "waiting": JSONValue(audits.count(in: .waiting)),
            "agreed": JSONValue(audits.agreed), "suspect": JSONValue(suspect.count),
            "decided": JSONValue(decided.count), "refuted": .object(refuted.mapValues { JSONValue($0) }),
            "suspect_cells": .array(suspect.prefix(cellsListed).map(cell)),
            "decided_cells": .array(decided.prefix(cellsListed).map(cell)),
        ]
    }

    /// One cell, with its executions in order.
    static func cell(_ audited: AuditedCell) -> JSONValue {
        [
            "run": JSONValue(Int(clamping: audited.run.rawValue)), "cell": JSONValue(audited.cell),
            "job_key": .string(audited.jobKey.hex), "state": .string(audited.state.rawValue),
            "text": .string(line(audited)),
            "executions": .array(
                audited.executions.map { execution in
                    [
                        "key": .string(execution.origin.key), "worker": .string(execution.worker),
                        "result": .string(execution.result.hex),
                        "refuted": .bool(audited.refuted == execution),
                    ]
                }
            ),
        ]
    }

    /// What happened to a cell, in one line.
    static func line(_ audited: AuditedCell) -> String {
        let place = "cell \(audited.run)/\(audited.cell)"
        let names = audited.executions.map { execution in
            execution.origin.key.isEmpty ? execution.worker : "\(execution.worker) with key \(execution.origin.key)"
        }
        switch audited.state {
        case .waiting: return "\(place): recorded by \(names[0]), to be computed again"
        case .agreed: return "\(place): \(names[0]) and \(names[1]) agree"
        case .suspect: return "\(place): \(names[0]) and \(names[1]) gave different results"
        case .undecided: return "\(place): \(names.joined(separator: ", ")) gave three results"
        case .decided:
            let (right, wrong) = audited.refuted == audited.first ? (names[1], names[0]) : (names[0], names[1])
            return "\(place): \(wrong) gave a wrong result, \(names[2]) the one of \(right)"
        }
    }
}
