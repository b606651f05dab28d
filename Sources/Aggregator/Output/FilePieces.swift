import RouteGridBase

/// Long texts of many items, made on all cores a few thousand items at a time and written in order.
enum FilePieces {
    /// All that a body writes, where it is short enough to be held.
    static func bytes(_ body: ((ArraySlice<UInt8>) -> Void) -> Void) -> [UInt8] {
        var out: [UInt8] = []
        body { out += $0 }
        return out
    }

    /// - Parameters:
    ///   - count: How many items there are.
    ///   - text: The UTF-8 text of some items in a row; called from several threads at a time.
    ///   - append: Takes a piece.
    /// - Throws: What `append` throws.
    static func write<Failure: Error>(
        _ count: Int,
        _ text: @Sendable (Range<Int>) -> [UInt8],
        to append: (ArraySlice<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        for first in stride(from: 0, to: count, by: itemsAtATime) {
            let last = min(first + itemsAtATime, count)
            let starts = Array(stride(from: first, to: last, by: itemsAPiece))
            let pieces = concurrentMap(starts.count) { text(starts[$0]..<min(starts[$0] + itemsAPiece, last)) }
            for piece in pieces { try append(piece[...]) }
        }
    }

    private static let itemsAPiece = 256
    private static let itemsAtATime = 8_192
}
