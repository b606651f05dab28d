/// Who may connect: public keys, and the User-Id that their messages carry from then on.
///
/// A value: a change is a new list, given whole to ``ZAPHandler/allow(_:)``.
package struct AllowList: Hashable, Sendable {
    private var userIDs: [CurvePublicKey: String] = [:]

    /// Nobody.
    package init() {}

    /// - Parameter userIDs: of each key 1 to 255 bytes, which libzmq passes on with every message.
    package init(_ userIDs: [CurvePublicKey: String]) {
        for (key, user) in userIDs { allow(key, as: user) }
    }

    package mutating func allow(_ key: CurvePublicKey, as userID: String) {
        precondition((1...255).contains(userID.utf8.count) && !userID.utf8.contains(0), "no User-Id: \(userID)")
        userIDs[key] = userID
    }

    package mutating func forbid(_ key: CurvePublicKey) { userIDs[key] = nil }

    package var count: Int { userIDs.count }

    package func userID(of key: CurvePublicKey) -> String? { userIDs[key] }
}
