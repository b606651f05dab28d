/// One multipart message, copied out of libzmq.
///
/// At a ROUTER the first frame is the sender's routing id.
package struct ZMQMessage: Hashable, Sendable {
    package var frames: [[UInt8]]

    package init(_ frames: [[UInt8]]) { self.frames = frames }
}
