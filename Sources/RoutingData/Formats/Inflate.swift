import RouteGridBase

/// Undoes DEFLATE (RFC 1951), for the members of compressed `.npz` files.
///
/// Simple and bounded: a canonical Huffman walk bit by bit, and never more output than was announced.
struct Inflate {
    private let input: ArraySlice<UInt8>
    private let limit: Int
    private let place: String
    private var output: [UInt8] = []
    private var offset: Int
    private var buffer: UInt32 = 0
    private var bufferedBits = 0

    /// The bytes that `input` holds compressed.
    ///
    /// - Throws: `badInput` when the stream is broken, cut off or does not give exactly `byteCount` bytes.
    static func expand(_ input: ArraySlice<UInt8>, byteCount: Int, place: String) throws(RouteGridError) -> [UInt8] {
        var stream = Inflate(input: input, limit: byteCount, place: place)
        try stream.run()
        guard stream.output.count == byteCount else { throw stream.broken }
        return stream.output
    }

    private init(input: ArraySlice<UInt8>, limit: Int, place: String) {
        self.input = input
        self.limit = limit
        self.place = place
        offset = input.startIndex
    }

    private var broken: RouteGridError { .badInput(place, "the compressed data are broken or cut off") }

    private mutating func run() throws(RouteGridError) {
        var isLast = false
        while !isLast {
            isLast = try bits(1) == 1
            switch try bits(2) {
            case 0: try stored()
            case 1: try compressed(literals: Self.fixedLiterals, distances: Self.fixedDistances)
            case 2:
                let codes = try dynamicCodes()
                try compressed(literals: codes.literals, distances: codes.distances)
            default: throw broken
            }
        }
    }

    private mutating func bits(_ count: Int) throws(RouteGridError) -> Int {
        while bufferedBits < count {
            guard offset < input.endIndex else { throw broken }
            buffer |= UInt32(input[offset]) << UInt32(bufferedBits)
            offset += 1
            bufferedBits += 8
        }
        let value = Int(buffer & (1 << UInt32(count) - 1))
        buffer >>= UInt32(count)
        bufferedBits -= count
        return value
    }

    private mutating func append(_ byte: UInt8) throws(RouteGridError) {
        guard output.count < limit else { throw broken }
        output.append(byte)
    }

    private mutating func stored() throws(RouteGridError) {
        (buffer, bufferedBits) = (0, 0)
        let length = try bits(16)
        guard try bits(16) == length ^ 0xffff else { throw broken }
        for _ in 0..<length { try append(UInt8(try bits(8))) }
    }

    private mutating func compressed(literals: HuffmanCode, distances: HuffmanCode) throws(RouteGridError) {
        while true {
            let symbol = try next(literals)
            if symbol < 256 {
                try append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            guard symbol - 257 < Self.lengthBases.count else { throw broken }
            let length = Self.lengthBases[symbol - 257] + (try bits(Self.lengthBits[symbol - 257]))
            let code = try next(distances)
            guard code < Self.distanceBases.count else { throw broken }
            let distance = Self.distanceBases[code] + (try bits(Self.distanceBits[code]))
            guard distance <= output.count else { throw broken }
            for _ in 0..<length { try append(output[output.count - distance]) }
        }
    }

    private mutating func next(_ code: HuffmanCode) throws(RouteGridError) -> Int {
        var (value, first, index) = (0, 0, 0)
        for length in 1...15 {
            value |= try bits(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw broken
    }

    private mutating func dynamicCodes() throws(RouteGridError) -> (literals: HuffmanCode, distances: HuffmanCode) {
        let literalCount = try bits(5) + 257
        let distanceCount = try bits(5) + 1
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        var lengths = [Int](repeating: 0, count: 19)
        for place in order.prefix(try bits(4) + 4) { lengths[place] = try bits(3) }
        let code = try checked(lengths)
        lengths = []
        while lengths.count < literalCount + distanceCount {
            let symbol = try next(code)
            switch symbol {
            case ..<16: lengths.append(symbol)
            case 16:
                guard let last = lengths.last else { throw broken }
                lengths += Array(repeating: last, count: try bits(2) + 3)
            case 17: lengths += Array(repeating: 0, count: try bits(3) + 3)
            default: lengths += Array(repeating: 0, count: try bits(7) + 11)
            }
        }
        guard lengths.count == literalCount + distanceCount else { throw broken }
        return (try checked(Array(lengths[..<literalCount])), try checked(Array(lengths[literalCount...])))
    }

    private func checked(_ lengths: [Int]) throws(RouteGridError) -> HuffmanCode {
        guard let code = HuffmanCode(lengths: lengths) else { throw broken }
        return code
    }
}

extension Inflate {
    /// A canonical code: how many symbols each length has, and the symbols by length.
    struct HuffmanCode {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int]

        /// Nil when more codes are claimed than their lengths allow.
        init?(lengths: [Int]) {
            for length in lengths where length > 0 { counts[length] += 1 }
            var left = 1
            for length in 1...15 {
                left = left << 1 - counts[length]
                if left < 0 { return nil }
            }
            symbols = lengths.indices.filter { lengths[$0] > 0 }.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
        }

        fileprivate init(counts: [Int], symbols: [Int]) {
            self.counts = counts
            self.symbols = symbols
        }
    }

    private static let fixedLiterals = fixed(
        [(0...143, 8), (144...255, 9), (256...279, 7), (280...287, 8)]
    )
    private static let fixedDistances = fixed([(0...29, 5)])

    private static func fixed(_ ranges: [(ClosedRange<Int>, Int)]) -> HuffmanCode {
        var counts = [Int](repeating: 0, count: 16)
        for (range, length) in ranges { counts[length] += range.count }
        let symbols = ranges.sorted { $0.1 == $1.1 ? $0.0.lowerBound < $1.0.lowerBound : $0.1 < $1.1 }.flatMap(\.0)
        return HuffmanCode(counts: counts, symbols: symbols)
    }

    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]
    private static let distanceBits = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
}
