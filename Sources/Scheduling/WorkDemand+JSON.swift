package import RouteGridBase

extension WorkDemand {
    /// The member `demand` of `status`.
    ///
    /// `seconds` are of one slot, for observed cells; null where nothing was observed.
    package var json: JSONValue {
        [
            "cells": JSONValue(cells),
            "leased": JSONValue(leasedCells),
            "groups": JSONValue(groups),
            "measurements": JSONValue(measurements),
            "unmeasured_cells": JSONValue(unmeasuredCells),
            "seconds": .double(Self.rounded(seconds)),
            "slots": JSONValue(slots),
            "idle_slots": JSONValue(idleSlots),
            "stalled": .bool(isStalled),
            "runs": .array(parts.map(\.json)),
        ]
    }

    /// Reads what ``json`` wrote.
    ///
    /// - Throws: `protocolRefused` when members are missing: the coordinator is of another version.
    package init(json: JSONValue?) throws(RouteGridError) {
        guard let json, let slots = json["slots"]?.integerValue, let idleSlots = json["idle_slots"]?.integerValue,
            let isStalled = json["stalled"]?.boolValue, let runs = json["runs"]?.arrayValue
        else { throw Self.unreadable }
        var parts: [Part] = []
        for run in runs { parts.append(try Part(json: run)) }
        self.init(parts: parts, slots: slots, idleSlots: idleSlots, isStalled: isStalled)
    }

    fileprivate static var unreadable: RouteGridError {
        RouteGridError(.protocolRefused, "the coordinator's status has no demand; is it of this version?")
    }

    /// To a millisecond.
    fileprivate static func rounded(_ seconds: Double) -> Double { (seconds * 1_000).rounded() / 1_000 }
}

extension WorkDemand.Part {
    fileprivate var json: JSONValue {
        [
            "run": JSONValue(Int(run.rawValue)),
            "numerics": .string(numerics),
            "cells": JSONValue(cells),
            "leased": JSONValue(leasedCells),
            "groups": JSONValue(groups),
            "measurements": JSONValue(measurements),
            "cell_seconds": cellSeconds.map { .double($0) } ?? .null,
            "fit_seconds": fitSeconds.map { .double($0) } ?? .null,
        ]
    }

    fileprivate init(json: JSONValue) throws(RouteGridError) {
        guard let run = json["run"]?.integerValue, let numerics = json["numerics"]?.stringValue,
            let cells = json["cells"]?.integerValue, let leased = json["leased"]?.integerValue,
            let groups = json["groups"]?.integerValue, let measurements = json["measurements"]?.integerValue
        else { throw WorkDemand.unreadable }
        self.init(
            run: RunID(UInt64(clamping: run)),
            numerics: numerics,
            cells: cells,
            leasedCells: leased,
            groups: groups,
            measurements: measurements,
            cellSeconds: json["cell_seconds"]?.numberValue,
            fitSeconds: json["fit_seconds"]?.numberValue
        )
    }
}
