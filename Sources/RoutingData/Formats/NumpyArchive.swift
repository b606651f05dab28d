import CZlib
package import RouteGridBase

/// A `.npz` file: a ZIP archive of `.npy` arrays, stored or deflated.
///
/// - Reference: PKWARE's APPNOTE.TXT, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (end record).
package struct NumpyArchive: Sendable {
    private struct Member {
        var method: Int
        var checksum: UInt32
        var compressed: Int
        var byteCount: Int
        var offset: Int
    }

    /// What a ZIP archive with members begins with.
    static let signature: [UInt8] = [0x50, 0x4b, 0x03, 0x04]
    /// The largest compressed array, unpacked, in bytes (1 GiB): a few megabytes may unpack to a thousand times as
    /// many.
    package static let unpackedLimit = 1 << 30

    private let bytes: [UInt8]
    private let place: String
    private var members: [String: Member] = [:]

    /// The names of the arrays, sorted.
    package var names: [String] { members.keys.sorted() }

    /// Reads the directory of an archive.
    ///
    /// - Throws: `badInput` when the bytes are not a whole ZIP archive.
    package init(bytes: [UInt8], place: String) throws(RouteGridError) {
        self.bytes = bytes
        self.place = place
        try PickleFile.refuse(bytes, place: place)
        guard let end = endRecord() else { throw .badInput(place, "not a .npz file: expected what numpy.savez writes") }
        var offset = number(at: end + 16, byteCount: 4)
        for _ in 0..<number(at: end + 10, byteCount: 2) {
            guard offset + 46 <= bytes.count, number(at: offset, byteCount: 4) == 0x0201_4b50 else {
                throw .badInput(place, "the directory of the archive is broken")
            }
            let lengths = (0..<3).map { number(at: offset + 28 + 2 * $0, byteCount: 2) }
            let next = offset + 46 + lengths.reduce(0, +)
            guard next <= bytes.count else { throw .badInput(place, "the directory of the archive is broken") }
            let name = String(decoding: bytes[offset + 46..<offset + 46 + lengths[0]], as: UTF8.self)
            members[name.hasSuffix(".npy") ? String(name.dropLast(4)) : name] = Member(
                method: number(at: offset + 10, byteCount: 2),
                checksum: UInt32(number(at: offset + 16, byteCount: 4)),
                compressed: number(at: offset + 20, byteCount: 4),
                byteCount: number(at: offset + 24, byteCount: 4),
                offset: number(at: offset + 42, byteCount: 4)
            )
            offset = next
        }
    }

    package init(file: String) throws(RouteGridError) {
        try self.init(bytes: try FileBytes.read(file), place: file)
    }

    /// One array of the archive.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - shape: the shape that it must have; its header is read and compared before the rest is unpacked.
    ///   - misfit: the error for another shape.
    /// - Returns: the array, whole.
    /// - Throws: `badInput` when it is absent, larger than 4 GB or, compressed, than ``unpackedLimit``, damaged or
    ///   compressed in an unusual way.
    package func array(
        _ name: String,
        shape: [Int]? = nil,
        misfit: ((_ found: [Int]) -> RouteGridError)? = nil
    ) throws(RouteGridError) -> NumpyArray {
        guard let member = members[name] else {
            throw .badInput(place, "no array \"\(name)\"\(NearestName.hint(name, in: names))")
        }
        let inner = "\(place): array \"\(name)\""
        guard member.byteCount < 0xffff_ffff, member.compressed < 0xffff_ffff else {
            throw .badInput(inner, "larger than 4 GB: save it apart with numpy.save")
        }
        guard member.offset + 30 <= bytes.count, number(at: member.offset, byteCount: 4) == 0x0403_4b50 else {
            throw .badInput(inner, "cut off")
        }
        let start =
            member.offset + 30 + number(at: member.offset + 26, byteCount: 2)
            + number(at: member.offset + 28, byteCount: 2)
        guard start + member.compressed <= bytes.count else { throw .badInput(inner, "cut off") }
        let data = bytes[start..<start + member.compressed]
        let content: [UInt8]
        switch member.method {
        case 0: content = Array(data)
        case 8:
            let head = try Inflate.beginning(of: data, byteCount: NumpyArray.longestHead, place: inner)
            let found = try NumpyArray.shape(fromHead: head, place: inner)
            if let shape, let misfit, found != shape { throw misfit(found) }
            guard member.byteCount <= Self.unpackedLimit else {
                throw .badInput(
                    inner,
                    "unpacks to \(member.byteCount) bytes: expected at most \(Self.unpackedLimit); save it with numpy.save"
                )
            }
            content = try Inflate.expand(data, byteCount: member.byteCount, place: inner)
        default: throw .badInput(inner, "compression method \(member.method): expected stored or deflated")
        }
        guard Self.checksum(content) == member.checksum else {
            throw .badInput(inner, "the checksum does not fit: damaged")
        }
        return try NumpyArray(bytes: content, place: inner)
    }

    private func endRecord() -> Int? {
        guard bytes.count >= 22 else { return nil }
        return (max(0, bytes.count - 65_557)...bytes.count - 22).last { number(at: $0, byteCount: 4) == 0x0605_4b50 }
    }

    private func number(at offset: Int, byteCount: Int) -> Int {
        bytes[offset..<offset + byteCount].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// CRC-32 (ISO 3309).
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }
}
