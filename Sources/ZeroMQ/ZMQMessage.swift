/// One multipart message, copied out of libzmq.
///
/// At a ROUTER the first frame is the sender's routing id.
package struct ZMQMessage: Hashable, Sendable {
    package var frames: [[UInt8]]
    /// Whose it is: the User-Id that the ``ZAPHandler`` gave the sender's key.
    ///
    /// Nil at every socket but that of a ``SocketSecurity/server(_:domain:)``: in plain text a sender could write
    /// it itself.
    package var userID: String?
    /// At a ROUTER the file descriptor of the connection that it came on; it may be closed by now.
    package var connection: Int32?

    package init(_ frames: [[UInt8]], userID: String? = nil, connection: Int32? = nil) {
        (self.frames, self.userID, self.connection) = (frames, userID, connection)
    }
}
