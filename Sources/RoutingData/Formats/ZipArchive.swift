import CZlib
package import RouteGridBase

/// A ZIP archive whose members are stored or deflated.
///
/// - Reference: PKWARE's APPNOTE.TXT, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (end record).
package struct ZipArchive: Sendable {
    struct Member {
        var method: Int
        var checksum: UInt32
        var compressed: Int
        var byteCount: Int
        var offset: Int
    }

    /// What a ZIP archive with members begins with.
    static let signature: [UInt8] = [0x50, 0x4b, 0x03, 0x04]

    let bytes: [UInt8]
    let place: String
    private(set) var members: [String: Member] = [:]

    /// The names of the members, sorted.
    package var names: [String] { members.keys.sorted() }

    /// Reads the directory of an archive.
    ///
    /// - Throws: `badInput` when the bytes are not a whole ZIP archive.
    package init(
        bytes: [UInt8],
        place: String,
        expected: String = "a zip archive"
    ) throws(RouteGridError) {
        self.bytes = bytes
        self.place = place
        guard let end = endRecord() else { throw .badInput(place, "not \(expected)") }
        var offset = number(at: end + 16, byteCount: 4)
        for _ in 0..<number(at: end + 10, byteCount: 2) {
            guard offset + 46 <= bytes.count, number(at: offset, byteCount: 4) == 0x0201_4b50 else {
                throw .badInput(place, "the directory of the archive is broken")
            }
            let lengths = (0..<3).map { number(at: offset + 28 + 2 * $0, byteCount: 2) }
            let next = offset + 46 + lengths.reduce(0, +)
            guard next <= bytes.count else { throw .badInput(place, "the directory of the archive is broken") }
            members[String(decoding: bytes[offset + 46..<offset + 46 + lengths[0]], as: UTF8.self)] = Member(
                method: number(at: offset + 10, byteCount: 2),
                checksum: UInt32(number(at: offset + 16, byteCount: 4)),
                compressed: number(at: offset + 20, byteCount: 4),
                byteCount: number(at: offset + 24, byteCount: 4),
                offset: number(at: offset + 42, byteCount: 4)
            )
            offset = next
        }
    }

    /// The bytes of a member as they stand in the file.
    ///
    /// - Throws: `badInput` when they are cut off.
    func data(of member: Member, place: String) throws(RouteGridError) -> ArraySlice<UInt8> {
        guard member.offset + 30 <= bytes.count, number(at: member.offset, byteCount: 4) == 0x0403_4b50 else {
            throw .badInput(place, "cut off")
        }
        let start =
            member.offset + 30 + number(at: member.offset + 26, byteCount: 2)
            + number(at: member.offset + 28, byteCount: 2)
        guard start + member.compressed <= bytes.count else { throw .badInput(place, "cut off") }
        return bytes[start..<start + member.compressed]
    }

    /// A member of at most `limit` bytes, unpacked, or nil when there is none of this name.
    ///
    /// - Throws: `badInput` when it is larger, damaged or compressed in an unusual way.
    func content(_ name: String, limit: Int) throws(RouteGridError) -> [UInt8]? {
        guard let member = members[name] else { return nil }
        let inner = "\(place): \(name)"
        guard member.byteCount <= limit, member.compressed <= limit else {
            throw .badInput(inner, "\(member.byteCount) bytes: expected at most \(limit)")
        }
        let data = try data(of: member, place: inner)
        let content: [UInt8]
        switch member.method {
        case 0: content = Array(data)
        case 8: content = try Inflate.expand(data, byteCount: member.byteCount, place: inner)
        default: throw .badInput(inner, "compression method \(member.method): expected stored or deflated")
        }
        guard Self.checksum(content) == member.checksum else {
            throw .badInput(inner, "the checksum does not fit: damaged")
        }
        return content
    }

    private func endRecord() -> Int? {
        guard bytes.count >= 22 else { return nil }
        return (max(0, bytes.count - 65_557)...bytes.count - 22).last { number(at: $0, byteCount: 4) == 0x0605_4b50 }
    }

    private func number(at offset: Int, byteCount: Int) -> Int {
        bytes[offset..<offset + byteCount].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// CRC-32 (ISO 3309).
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }
}
