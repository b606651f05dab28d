/// Takes the messages out of one direction of a ZMTP 3 connection without encryption (rfc.zeromq.org/spec/23).
package struct ZMTPReader {
    private var buffer: [UInt8] = []
    private var start = 0
    private var isGreeted = false
    /// Frames of a message whose last frame has not come.
    private var frames: [[UInt8]] = []
    /// The connection is encrypted, or no ZMTP: nothing is read from it.
    private(set) var isBlind = false

    package init() {}

    /// Adds bytes; gives the messages that they complete.
    package mutating func feed(_ bytes: ArraySlice<UInt8>) -> [[[UInt8]]] {
        guard !isBlind else { return [] }
        buffer += bytes
        defer {
            buffer.removeFirst(start)
            start = 0
        }
        if !isGreeted {
            guard buffer.count >= 64 else { return [] }
            isBlind = buffer[0] != 0xFF || buffer[10] < 3 || !buffer[12...].starts(with: Array("NULL\0".utf8))
            isGreeted = true
            start = 64
        }
        var messages: [[[UInt8]]] = []
        while !isBlind, let (flags, body) = nextFrame() {
            if flags & 4 != 0 { continue }
            frames.append(Array(body))
            if flags & 1 != 0 { continue }
            messages.append(frames)
            frames = []
        }
        return messages
    }

    private mutating func nextFrame() -> (flags: UInt8, body: ArraySlice<UInt8>)? {
        guard buffer.count >= start + 2 else { return nil }
        let flags = buffer[start]
        let sizeLength = flags & 2 != 0 ? 8 : 1
        guard buffer.count >= start + 1 + sizeLength else { return nil }
        let size = buffer[start + 1..<start + 1 + sizeLength].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard size < 64 << 20 else {
            isBlind = true
            return nil
        }
        let body = start + 1 + sizeLength
        guard buffer.count >= body + Int(size) else { return nil }
        start = body + Int(size)
        return (flags, buffer[body..<start])
    }
}
