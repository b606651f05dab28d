import CZlib
package import RouteGridBase

/// Files that may be packed by gzip (RFC 1952).
package enum PackedFile {
    /// The bytes of a file, unpacked when it begins as gzip does.
    ///
    /// - Throws: `badInput` as `FileBytes.read`, and when the packed data are broken, cut off or unpack to more than
    ///   `InputFile.dataLimit`.
    package static func read(_ path: String) throws(RouteGridError) -> [UInt8] {
        let bytes = try FileBytes.read(path)
        return bytes.starts(with: [0x1f, 0x8b]) ? try unpacked(bytes, place: path) : bytes
    }

    private static let chunk = 1 << 20

    /// Unpacks all members of a gzip file.
    static func unpacked(_ bytes: [UInt8], place: String) throws(RouteGridError) -> [UInt8] {
        var stream = z_stream()
        // 16 more than the widest window: with gzip's header and checksum.
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw RouteGridError(.system, "\(place): zlib cannot start")
        }
        defer { inflateEnd(&stream) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: chunk)
        var position = 0
        var code = Z_OK
        var source = bytes
        while position < source.count {
            let count = min(source.count - position, 1 << 30)
            let (used, made) = source.withUnsafeMutableBufferPointer { source in
                buffer.withUnsafeMutableBufferPointer { target in
                    stream.next_in = source.baseAddress.map { $0 + position }
                    stream.avail_in = UInt32(count)
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    code = inflate(&stream, Z_NO_FLUSH)
                    return (count - Int(stream.avail_in), target.count - Int(stream.avail_out))
                }
            }
            position += used
            output.append(contentsOf: buffer[..<made])
            guard output.count <= InputFile.dataLimit else {
                throw .badInput(place, "unpacks to more than \(InputFile.dataLimit) bytes")
            }
            switch code {
            case Z_OK where used > 0 || made > 0: continue
            case Z_STREAM_END:
                // What follows a member is another one, or padding.
                guard position < source.count, source[position...].starts(with: [0x1f, 0x8b]) else { return output }
                inflateReset(&stream)
            default: throw .badInput(place, "the gzip data are broken or cut off")
            }
        }
        guard code == Z_STREAM_END else { throw .badInput(place, "the gzip data are broken or cut off") }
        return output
    }
}
