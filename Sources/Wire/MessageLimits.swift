/// How many elements each repeated field of a message may have, and how long each text and byte string may be.
///
/// One table, checked before a message is parsed, so that neither memory nor time goes where a valid message would not.
///
/// A field that is in no row has one number, or a message whose own row counts.
package enum MessageLimits {
    /// What a field may hold.
    package struct Field: Sendable {
        /// For the answer to who exceeds it.
        package let name: String
        /// How often it may stand in a message; of packed numbers, how many.
        let count: Int
        /// Bytes of one element.
        let bytes: Int
        /// Numbers may stand in one field of bytes.
        let isNumbers: Bool
        /// The message that each element is.
        let message: String?

        static func text(_ name: String, _ bytes: Int) -> Field {
            Field(name: name, count: 1, bytes: bytes, isNumbers: false, message: nil)
        }

        static func texts(_ name: String, _ count: Int, _ bytes: Int) -> Field {
            Field(name: name, count: count, bytes: bytes, isNumbers: false, message: nil)
        }

        static func numbers(_ name: String, _ count: Int) -> Field {
            Field(name: name, count: count, bytes: 10 * count, isNumbers: true, message: nil)
        }

        static func messages(_ name: String, _ count: Int, _ message: String, bytes: Int = frame) -> Field {
            Field(name: name, count: count, bytes: bytes, isNumbers: false, message: message)
        }
    }

    private static let frame = WireProtocol.maximumFrame
    private static let many = WireProtocol.maximumFields
    /// Names for people, and of classes: what a host, a class or a command is called.
    private static let name = 256
    /// One line for people.
    private static let line = 8 << 10
    /// Leases that a worker holds at once.
    private static let leases = 4_096
    /// Cells of one lease; the scheduler grants at most 256.
    private static let cells = 4_096

    /// The messages of an envelope by the number of their field.
    static let messages: [UInt64: String] = [
        1: "Hello", 2: "Welcome", 3: "Refused", 4: "Unknown", 5: "Credit", 6: "Lease", 7: "Started", 8: "Result",
        9: "Committed", 10: "Failed", 11: "Release", 12: "Revoke", 13: "Heartbeat", 14: "Fetch", 15: "Chunk", 16: "Put",
        17: "Stored", 18: "Submit", 19: "Submitted", 20: "Query", 21: "Reply", 22: "Control", 23: "Done", 24: "Follow",
        25: "Records", 26: "Goodbye",
    ]

    /// By message and field number.
    package static let table: [String: [UInt64: Field]] = [
        "Hello": [
            2: .text("build", name), 4: .text("boot", 16), 6: .texts("numerics", 64, name),
            10: .texts("exec", 64, name),
            11: .messages("held", leases, "LeaseRef"), 12: .texts("unacked", many, 32), 13: .text("name", name),
        ],
        "LeaseRef": [4: .numbers("cells", cells)],
        "Welcome": [1: .text("coordinator", 16)],
        "Refused": [1: .text("code", name), 2: .text("text", 64 << 10)],
        "Lease": [
            4: .text("fit", frame), 5: .messages("cells", cells, "LeasedCell"), 9: .messages("data", cells, "BlobRef"),
            10: .text("labels", frame),
        ],
        "LeasedCell": [2: .text("job_key", 32), 3: .text("eval", frame)],
        "BlobRef": [1: .text("sha", 32)],
        "Result": [3: .messages("items", many, "ResultItem")],
        "ResultItem": [
            1: .text("job_key", 32), 2: .text("result_sha", 32), 3: .text("record", frame), 4: .text("run", 64 << 10),
            5: .texts("blobs", ReceivedResult.maximumBlobs, 32),
            7: .texts("inline", ReceivedResult.maximumBlobs, frame),
        ],
        "Committed": [
            1: .text("job_keys", frame), 2: .text("result_shas", frame), 3: .numbers("verdicts", frame / 32),
        ],
        "Failed": [6: .text("text", 1 << 20), 7: .text("log_tail", 1 << 20)],
        "Release": [3: .numbers("cells", cells)],
        "Revoke": [3: .numbers("cells", 16 * cells)],
        "Heartbeat": [1: .messages("leases", leases, "HeldLease")],
        "HeldLease": [4: .text("progress", name)],
        "Fetch": [1: .text("sha", 32)],
        "Chunk": [1: .text("sha", 32)],
        "Put": [1: .text("sha", 32)],
        "Stored": [1: .text("sha", 32), 2: .text("error", line)],
        "Submit": [1: .text("lock", frame)],
        "Submitted": [3: .texts("missing", many, 32)],
        "Query": [1: .text("kind", name), 2: .text("selector", line)],
        "Reply": [1: .text("json", frame)],
        "Control": [
            1: .text("verb", name), 2: .text("selector", line), 3: .text("value", 1 << 20), 4: .text("reason", line),
        ],
        "Done": [1: .text("text", line)],
        "Records": [3: .messages("items", many, "RecordItem"), 4: .text("coordinator", 16)],
        "RecordItem": [
            2: .text("job_key", 32), 3: .text("record", frame), 4: .text("run", 64 << 10),
            5: .texts("blobs", ReceivedResult.maximumBlobs, 32),
        ],
        "Goodbye": [1: .text("reason", line)],
    ]

    /// What a frame with one envelope has too much of; nil when it keeps to the limits.
    ///
    /// What is malformed is not looked for: parsing refuses it.
    static func excess(in frame: [UInt8]) -> String? {
        frame.withUnsafeBytes { buffer in
            var outer = FieldCursor(bytes: buffer)
            while !outer.isAtEnd, let field = outer.next() {
                guard let content = field.content, let message = messages[field.number] else { continue }
                if let found = excess(in: UnsafeRawBufferPointer(rebasing: content), message) { return found }
            }
            return nil
        }
    }

    private static func excess(in bytes: UnsafeRawBufferPointer, _ message: String) -> String? {
        guard let row = table[message] else { return nil }
        var counts: [UInt64: Int] = [:]
        var fields = FieldCursor(bytes: bytes)
        while !fields.isAtEnd, let field = fields.next() {
            guard let limit = row[field.number] else { continue }
            var elements = 1
            if let content = field.content {
                guard content.count <= limit.bytes else {
                    return "\(message).\(limit.name) with \(content.count) bytes; the limit is \(limit.bytes)"
                }
                // A number ends with the byte that has no high bit.
                if limit.isNumbers { elements = content.reduce(0) { $0 + ($1 < 0x80 ? 1 : 0) } }
                if let inner = limit.message {
                    if let found = excess(in: UnsafeRawBufferPointer(rebasing: content), inner) { return found }
                }
            }
            // A field that is given again replaces the one before: that is no list, and no valid message does it.
            counts[field.number, default: 0] += elements
            guard counts[field.number, default: 0] <= limit.count else {
                return "more than \(limit.count) of \(message).\(limit.name)"
            }
        }
        return nil
    }
}

/// Iterates over the fields of one message without knowing it.
struct FieldCursor {
    struct Field {
        let number: UInt64
        /// Of a length-delimited field.
        var content: Slice<UnsafeRawBufferPointer>?
    }

    let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }

    /// The next field; nil when it is malformed.
    mutating func next() -> Field? {
        guard let tag = varint() else { return nil }
        var field = Field(number: tag >> 3)
        let length: UInt64
        switch tag & 7 {
        case 0: return varint() == nil ? nil : field
        case 1: length = 8
        case 5: length = 4
        case 2:
            guard let announced = varint() else { return nil }
            length = announced
        default: return nil
        }
        guard length <= UInt64(bytes.count - offset) else { return nil }
        let start = offset
        offset += Int(length)
        if tag & 7 == 2 { field.content = bytes[start..<offset] }
        return field
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard offset < bytes.count else { return nil }
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}
