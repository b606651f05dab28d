import RouteGridBase

extension Leaderboard {
    /// The verdict of each table, in the order of ``sections``.
    package var verdicts: [Verdict] {
        sections.map { SectionVerdict($0, mode: mode, hasStatistics: statistics != nil).verdict }
    }

    /// The member `verdicts` of `leaderboard.json`: what identifies each table, and its conclusion.
    var verdictsJSON: [JSONValue] {
        var first = 1
        return zip(sections, verdicts).enumerated().map { number, found in
            let (section, verdict) = found
            defer { first += section.rows.count }
            let job = section.rows.first?.job ?? .null
            var members: [String: JSONValue] = [:]
            for name in ["dataset", "models", "data", "prices", "mode", "numerics", "split", "part", "rule"] {
                members[name] = job[name] ?? .null
            }
            members["table"] = JSONValue(number + 1)
            members["cost"] = section.key.cost.map { .string($0) } ?? .null
            members["splits"] = .array(section.key.splits.map { JSONValue($0) })
            members["curve"] = .string(section.key.curve.rawValue)
            members["revisions"] = [
                "metrics": job["revisions"]?["metrics"] ?? .null, "rule": job["revisions"]?["rule"] ?? .null,
                "split": job["revisions"]?["split"] ?? .null,
            ]
            members["kind"] = .string(verdict.kind.rawValue)
            members["router"] = verdict.router.map { .string($0) } ?? .null
            members["row"] = verdict.row.map { JSONValue(first + $0) } ?? .null
            members["text"] = .string(verdict.text)
            members["trust"] = .array(verdict.trust.map(\.json))
            members["margin"] = section.claims.map { .double($0.margin) } ?? .null
            members["bounds"] = verdict.row.flatMap { section.claims?.claims[$0]?.json } ?? .null
            return .object(members)
        }
    }
}

extension SectionClaims.Claim {
    /// `{"gain": {"v", "lo", "hi"}, …}`, null where there are no bounds.
    fileprivate var json: JSONValue {
        func bounds(_ bounds: SectionClaims.Bounds?) -> JSONValue {
            bounds.map { ["v": .double($0.estimate), "lo": .double($0.low), "hi": .double($0.high)] } ?? .null
        }
        return ["gain": bounds(gain), "qnc_gap": bounds(gap), "qnc_cost": bounds(cost)]
    }
}
