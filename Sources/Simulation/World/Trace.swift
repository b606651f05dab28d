/// The events of a history as a sequence of words: when, what, and to whom.
struct Trace {
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var bytes: [UInt8] = []
    private let keeps: Bool

    init(keeps: Bool) { self.keeps = keeps }

    mutating func note(_ words: Int64...) {
        for word in words {
            hash = (hash ^ UInt64(bitPattern: word)) &* 0x0000_0100_0000_01B3
            hash ^= hash >> 29
            if keeps { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
        }
    }
}
