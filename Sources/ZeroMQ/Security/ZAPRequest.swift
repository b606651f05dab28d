import RouteGridBase

/// One question of libzmq about a peer that wants to connect (RFC 27/ZAP), as its frames.
struct ZAPRequest {
    /// What libzmq expects before the answer: the routing id of its connection and the empty frame.
    let envelope: [[UInt8]]
    /// The version that it asked in; the answer is in 1.0.
    let isVersionKnown: Bool
    let requestID: [UInt8]
    let domain: String
    let address: String
    let mechanism: String
    let credentials: [[UInt8]]

    static let version = Array("1.0".utf8)

    /// Nil when it lacks the frames that an answer needs: then there is nobody to answer.
    init?(_ frames: [[UInt8]]) {
        // routing id, empty, version, request id, domain, address, identity, mechanism, credentials …
        guard frames.count >= 4, frames[1].isEmpty else { return nil }
        envelope = Array(frames[0..<2])
        isVersionKnown = frames[2] == Self.version
        requestID = frames[3]
        func text(_ place: Int) -> String {
            frames.count > place ? String(decoding: frames[place].prefix(255), as: UTF8.self) : ""
        }
        domain = text(4)
        address = text(5)
        mechanism = text(7)
        credentials = Array(frames.dropFirst(8))
    }

    /// The decision, by what libzmq said and nothing else.
    ///
    /// What is not understood is refused.
    func verdict(domain expected: String, _ allowed: AllowList) -> ZAPVerdict {
        guard isVersionKnown, requestID.count <= 255 else { return .broken }
        guard domain == expected else { return .refused(.domain) }
        guard mechanism == "CURVE" else { return .refused(.mechanism) }
        guard credentials.count == 1, let key = CurvePublicKey(bytes: credentials[0]) else {
            return .refused(.credentials)
        }
        guard let user = allowed.userID(of: key) else { return .refused(.unknownKey(key)) }
        return .allowed(user)
    }

    /// The frames of the answer.
    func answer(_ verdict: ZAPVerdict) -> [[UInt8]] {
        let (status, text, user) =
            switch verdict {
            case .allowed(let user): ("200", "OK", user)
            case .refused: ("400", "not permitted", "")
            case .broken: ("500", "not understood", "")
            }
        return envelope + [Self.version, requestID, Array(status.utf8), Array(text.utf8), Array(user.utf8), []]
    }
}

/// What a ``ZAPHandler`` decided.
enum ZAPVerdict: Hashable {
    case allowed(String)
    case refused(RefusedPeer.Reason)
    /// A question that cannot be understood: an error of the asking side.
    case broken
}
