package import RouteGridBase

/// A Result parsed in place: items are slices of its frame, nothing of them is copied.
///
/// There are tens of thousands of items a second, and a coordinator needs only an item's keys and the position of its
/// bytes. The reader accepts what ``ResultFrame`` writes and any order of known fields; an unknown field is refused. An
/// item has at least 68 bytes, so that a frame's limit is a limit on memory.
package struct ReceivedResult: Sendable {
    package struct Item: Sendable {
        package var cell: CellID = 0
        package var jobKey: JobKey
        package var resultDigest: Digest
        package var record: ArraySlice<UInt8>
        package var run: ArraySlice<UInt8>
        package var blobs: [Digest] = []
        package var inline: [ArraySlice<UInt8>] = []
    }

    package private(set) var lease = LeaseID(0)
    package private(set) var fence = Fence(0)
    package private(set) var run = RunID(0)
    package private(set) var items: [Item] = []
    /// Bytes of the frame, which lives as long as any of its items.
    package let byteCount: Int

    /// Blobs that one item may name: each blob inside it is searched for among them.
    package static let maximumBlobs = 64

    /// The tag of an envelope's field `result`.
    private static let tag: UInt8 = 8 << 3 | 2

    /// Whether a frame's first tag is that of a Result.
    package static func isResult(_ frame: [UInt8]) -> Bool { frame.first == tag }

    /// Parses a frame.
    ///
    /// - Throws: `protocolRefused` when it is no Result, or has an item without its two digests.
    package init(frame: [UInt8], limit: Int = WireProtocol.maximumFrame) throws(RouteGridError) {
        guard frame.count <= limit else {
            throw Self.refused("a frame of \(frame.count) bytes; the limit is \(limit)")
        }
        byteCount = frame.count
        let isWhole = frame.withUnsafeBytes { bytes -> Bool in
            var outer = FieldReader(bytes, 0..<bytes.count)
            guard let field = outer.next(), field.number == 8, let body = field.content, outer.isAtEnd else {
                return false
            }
            return read(frame, bytes, body)
        }
        guard isWhole else { throw Self.refused("a result of \(frame.count) bytes that is not well formed") }
    }

    private mutating func read(_ frame: [UInt8], _ bytes: UnsafeRawBufferPointer, _ body: Range<Int>) -> Bool {
        var fields = FieldReader(bytes, body)
        while let field = fields.next() {
            switch (field.number, field.content) {
            case (1, nil): lease = LeaseID(field.value)
            case (2, nil): fence = Fence(field.value)
            case (4, nil): run = RunID(field.value)
            case (3, let content?):
                guard let item = Self.item(frame, bytes, content) else { return false }
                items.append(item)
            default: return false
            }
        }
        return fields.isAtEnd
    }

    private static func item(_ frame: [UInt8], _ bytes: UnsafeRawBufferPointer, _ content: Range<Int>) -> Item? {
        var fields = FieldReader(bytes, content)
        var (jobKey, resultDigest): (JobKey?, Digest?)
        var (record, run) = (0..<0, 0..<0)
        var cell: CellID = 0
        var blobs: [Digest] = []
        var inline: [ArraySlice<UInt8>] = []
        func digest(_ part: Range<Int>) -> Digest? { Digest(bytes: UnsafeRawBufferPointer(rebasing: bytes[part])) }
        while let field = fields.next() {
            switch (field.number, field.content) {
            case (1, let part?): jobKey = digest(part).map { JobKey($0) }
            case (2, let part?): resultDigest = digest(part)
            case (3, let part?): record = part
            case (4, let part?): run = part
            case (5, let part?):
                guard blobs.count < maximumBlobs, let blob = digest(part) else { return nil }
                blobs.append(blob)
            case (6, nil): cell = CellID(clamping: field.value)
            case (7, let part?):
                guard inline.count < blobs.count else { return nil }
                inline.append(frame[part])
            default: return nil
            }
        }
        guard fields.isAtEnd, let jobKey, let resultDigest else { return nil }
        return Item(
            cell: cell,
            jobKey: jobKey,
            resultDigest: resultDigest,
            record: frame[record],
            run: frame[run],
            blobs: blobs,
            inline: inline
        )
    }

    private static func refused(_ what: String) -> RouteGridError {
        RouteGridError(.protocolRefused, "not RouteGrid's protocol: \(what)")
    }
}

/// Iterates over the fields of one message: numbers, and ranges of bytes.
private struct FieldReader {
    struct Field {
        let number: UInt64
        /// The value of a number field.
        var value: UInt64 = 0
        /// The range of a length-delimited field's bytes; nil for a number.
        var content: Range<Int>?
    }

    private let bytes: UnsafeRawBufferPointer
    private var offset: Int
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { offset == end }

    /// The next field; nil at the end, and where there is no well-formed field.
    mutating func next() -> Field? {
        let start = offset
        guard offset < end, let tag = varint(), let value = varint() else {
            offset = start
            return nil
        }
        var field = Field(number: tag >> 3)
        switch tag & 7 {
        case 0: field.value = value
        case 2 where value <= UInt64(end - offset):
            field.content = offset..<offset + Int(value)
            offset += Int(value)
        default:
            offset = start
            return nil
        }
        return field
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard offset < end else { return nil }
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}
