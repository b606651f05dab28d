import Foundation
import Keys
import Logging
import RouteGridBase
import Wire
import ZeroMQ

extension CoordinatorServer {
    /// Adds the key of somebody who came with an invite; answered, with its name, once the handler knows it.
    ///
    /// - Throws: `refused` in plain text, `usage` for what is no key or name, `temporary` when too many ask.
    func join(_ control: WireControl, of peer: Peer, _ route: RoutingID) throws(RouteGridError) {
        guard let invite = peer.key else { throw RouteGridError(.refused, "in plain text nobody needs a key") }
        guard let key = PublicKey(z85: control.value) else {
            throw RouteGridError(.usage, "a key to join with has 40 characters of Z85")
        }
        let name = try KeyName(control.selector)
        try PeerLimits.check(submits[route], PeerLimits.submits, "requests of this peer are under way")
        try PeerLimits.check(submits.total, PeerLimits.allSubmits, "requests are under way")
        submits.begin(route)
        let (actor, state) = (actor(peer), configuration.stateFolder)
        access.write { store throws(RouteGridError) in
            let added = try KeyRing.join(invite, as: name, publicKey: key, state: state)
            let detail = "\(added.role) key \(added.name), \(added.fingerprint)"
            try store.commit([.audit(actor: actor, action: "join", detail: detail)])
            return added
        } then: { outcome in
            self.assumeIsolated { server in
                server.submits.end(route)
                switch outcome {
                case .failure(let error): server.refuse(error, route)
                case .success(let added):
                    server.followKeys()
                    server.log.info("key joined", metadata: ["name": "\(added.name)", "by": "\(actor)"])
                    server.send(.done(added.name.text), to: route)
                }
            }
        }
    }
}
