package import RouteGridBase
package import ZeroMQ

extension KeyRing {
    /// The keys for listening at an address, followed from now on.
    ///
    /// Where only this machine can connect, a coordinator makes the keys that it needs itself. Beyond it, somebody must
    /// have run `keys init`: a cluster that others can reach is no accident.
    ///
    /// - Throws: `refused` (77) with the way out for an address that others can reach while there are no keys; as
    ///   ``initialise(state:isForOthers:)``.
    package static func serving(at address: ZMQAddress, state: String) throws(RouteGridError) -> KeyRingWatch {
        if address.isLocal {
            try initialise(state: state, isForOthers: false)
        } else if try KeyRing(existing: state)?.isInitialised != true {
            throw RouteGridError(
                .refused,
                "\(address): other machines can reach it, and \(state) has no keys for them; "
                    + "`routegrid keys init --state \(state)` makes them, tcp://127.0.0.1:PORT needs none"
            )
        }
        return try KeyRingWatch(state: state)
    }

    /// The files for processes of this user that connect to a local address: a worker's and an admin's key.
    ///
    /// - Throws: As ``localKey(_:address:state:at:)``.
    package static func localKeys(for address: ZMQAddress, state: String) throws(RouteGridError) -> [Role: KeyFile] {
        [
            .worker: try localKey(.worker, address: address.text, state: state),
            .admin: try localKey(.admin, address: address.text, state: state),
            .reader: try localKey(.reader, address: address.text, state: state),
        ]
    }
}
