package import RouteGridBase

/// What a number of peers saw, in one line.
package struct SwarmSummary: Sendable {
    package var started = 0
    package var welcomed = 0
    /// Peers that got a lease whose answer was acknowledged.
    package var served = 0
    package var leases = 0
    package var acknowledged = 0
    package var heartbeats = 0
    package var heartbeatsHeard = 0
    package var silences = 0
    /// Greetings beyond the first of each.
    package var greetedAgain = 0

    package init() {}

    package init(_ counts: [SwarmCounts]) {
        started = counts.count
        welcomed = counts.count { $0.welcomes > 0 }
        served = counts.count { $0.acknowledged > 0 }
        for peer in counts {
            leases += peer.leases
            acknowledged += peer.acknowledged
            heartbeats += peer.heartbeats
            heartbeatsHeard += peer.heartbeatsHeard
            silences += peer.silences
            greetedAgain += max(0, peer.welcomes - 1)
        }
    }

    private static let fields: [(String, any WritableKeyPath<SwarmSummary, Int> & Sendable)] = [
        ("started", \.started), ("welcomed", \.welcomed), ("served", \.served), ("leases", \.leases),
        ("acknowledged", \.acknowledged), ("heartbeats", \.heartbeats), ("heartbeats_heard", \.heartbeatsHeard),
        ("silences", \.silences), ("greeted_again", \.greetedAgain),
    ]

    package var json: JSONValue {
        .object(Dictionary(uniqueKeysWithValues: Self.fields.map { ($0.0, JSONValue(self[keyPath: $0.1])) }))
    }

    /// Adds what another process saw.
    package mutating func add(_ json: JSONValue) {
        for (name, path) in Self.fields { self[keyPath: path] += Int(json[name]?.integerValue ?? 0) }
    }
}
