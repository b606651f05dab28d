/// A peer that was not let in.
package struct RefusedPeer: Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        /// A key that is not on the list: never there, or revoked.
        case unknownKey(CurvePublicKey)
        case mechanism
        case domain
        /// No key of 32 bytes.
        case credentials
        /// A question of another version of ZAP.
        case question
    }

    package let reason: Reason
    /// Where it connected from, as libzmq says it: text of foreign origin when it is not an IP address.
    package let address: String
    /// Refusals since the last reported one: too many in a second to report each.
    package let unreported: Int

    package var description: String {
        let what =
            switch reason {
            case .unknownKey(let key): "a key that is not allowed here (\(key))"
            case .mechanism: "another mechanism than CURVE"
            case .domain: "another domain"
            case .credentials: "no key of 32 bytes"
            case .question: "a question that is not ZAP 1.0"
            }
        return "refused \(address): \(what)" + (unreported > 0 ? "; \(unreported) more were not logged" : "")
    }
}

/// How many refusals are reported in a second: an attacker must not fill a log.
package struct RefusalLimit: Sendable {
    private let perSecond: Int
    private var window: ContinuousClock.Instant?
    private var reported = 0
    private var unreported = 0

    package init(perSecond: Int) { self.perSecond = perSecond }

    /// Nil when no more may be reported now; else how many were not since the last one.
    package mutating func admit(at now: ContinuousClock.Instant) -> Int? {
        if let window, now - window < .seconds(1) {
            guard reported < perSecond else {
                unreported += 1
                return nil
            }
        } else {
            (window, reported) = (now, 0)
            guard perSecond > 0 else {
                unreported += 1
                return nil
            }
        }
        reported += 1
        defer { unreported = 0 }
        return unreported
    }
}
