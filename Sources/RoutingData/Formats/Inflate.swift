import CZlib
import RouteGridBase

/// Undoes DEFLATE (RFC 1951) by zlib, for the members of compressed `.npz` files; never more output than was asked for.
enum Inflate {
    /// The bytes that `input` holds compressed.
    ///
    /// - Throws: `badInput` when the stream is broken, cut off or does not give exactly `byteCount` bytes.
    static func expand(_ input: ArraySlice<UInt8>, byteCount: Int, place: String) throws(RouteGridError) -> [UInt8] {
        // One byte more shows a stream that gives more.
        let (output, isEnded) = try run(input, byteCount: byteCount + 1, place: place)
        guard isEnded, output.count == byteCount else { throw broken(place) }
        return output
    }

    /// The first bytes that `input` holds compressed, at most `byteCount`.
    ///
    /// - Throws: `badInput` when the stream is broken before them.
    static func beginning(of input: ArraySlice<UInt8>, byteCount: Int, place: String) throws(RouteGridError) -> [UInt8]
    {
        try run(input, byteCount: byteCount, place: place).output
    }

    private static func run(
        _ input: ArraySlice<UInt8>,
        byteCount: Int,
        place: String
    ) throws(RouteGridError) -> (output: [UInt8], isEnded: Bool) {
        guard let available = UInt32(exactly: input.count), let room = UInt32(exactly: byteCount) else {
            throw .badInput(place, "larger than 4 GB: save it apart with numpy.save")
        }
        var stream = z_stream()
        // Negative: no header of zlib's around the data.
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw RouteGridError(.system, "\(place): zlib cannot start")
        }
        defer { inflateEnd(&stream) }
        var code = Z_OK
        // zlib takes input as mutable and does not change it.
        var source = Array(input)
        let output = [UInt8](unsafeUninitializedCapacity: byteCount) { target, initialised in
            source.withUnsafeMutableBufferPointer { source in
                stream.next_in = source.baseAddress
                stream.avail_in = available
                stream.next_out = target.baseAddress
                stream.avail_out = room
                while code == Z_OK, stream.avail_out > 0 {
                    let before = (stream.avail_in, stream.avail_out)
                    code = inflate(&stream, Z_NO_FLUSH)
                    if (stream.avail_in, stream.avail_out) == before { break }
                }
            }
            initialised = byteCount - Int(stream.avail_out)
        }
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw broken(place) }
        return (output, code == Z_STREAM_END)
    }

    private static func broken(_ place: String) -> RouteGridError {
        .badInput(place, "the compressed data are broken or cut off")
    }
}
