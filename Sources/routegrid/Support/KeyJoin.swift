import Foundation
import Keys
import RouteGridBase
import Wire
import ZeroMQ

/// How a process with an invite gets a key of its own: the secret half is made here and never leaves the process.
struct KeyJoin {
    let invite: KeyFile
    let urls: [String]
    /// What the key should be called: the coordinator may add a number.
    let name: String
    /// How long no coordinator may answer.
    let limit: Duration
    private static let pause = 1.0

    /// - Parameter isStopped: asked between attempts.
    /// - Returns: the key; nil when it was stopped.
    /// - Throws: `refused` when the invite was used up, has expired or was revoked; `unreachable` when no coordinator
    ///   answers in time.
    func key(until isStopped: () -> Bool) throws(RouteGridError) -> KeyFile? {
        guard case .peer(_, _, let server, let address) = invite.holder else {
            throw RouteGridError(.refused, "the key of a coordinator is no invite")
        }
        // Repeated with the same key: a lost answer costs no use of the invite.
        let secret = try SecretKey.generate()
        let deadline = ContinuousClock.now + limit
        for attempt in 0... {
            do throws(RouteGridError) {
                let given = try ask(urls[attempt % urls.count], secret.publicKey)
                let holder = KeyFile.Holder.peer(name: given, role: .worker, server: server, address: address)
                return KeyFile(secret: secret, holder: holder)
            } catch {
                guard error.code == .unreachable || error.code == .temporary, ContinuousClock.now < deadline else {
                    throw error
                }
            }
            if isStopped() { return nil }
            Thread.sleep(forTimeInterval: Self.pause)
            if isStopped() { return nil }
        }
        return nil
    }

    private func ask(_ url: String, _ key: PublicKey) throws(RouteGridError) -> KeyName {
        let client = try ClusterClient.connect(url, key: .held(invite), within: .seconds(5), name: "join")
        defer { client.close() }
        client.requestLimit = .seconds(10)
        return try KeyName(client.control(.join, wish, value: key.z85))
    }

    /// A key's name has no colons, and begins with a letter or digit.
    private var wish: String {
        let plain = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" }
        let text = String(String(plain).drop { !$0.isLetter && !$0.isNumber }.prefix(KeyName.limit))
        return text.isEmpty ? "worker" : text
    }
}
