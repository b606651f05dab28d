import RouteGridBase

/// The Python dictionary at the head of a `.npy` file: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`.
struct NumpyHeader {
    var descriptor = ""
    var isFortranOrder = false
    var shape: [Int] = []

    init(text bytes: ArraySlice<UInt8>, place: String) throws(RouteGridError) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let descriptor = Self.value(of: "descr", in: text), let order = Self.value(of: "fortran_order", in: text),
            let shape = Self.value(of: "shape", in: text), ["True", "False"].contains(order), shape.hasPrefix("(")
        else { throw .badInput(place, "the npy header is not one that numpy writes") }
        self.descriptor = descriptor
        isFortranOrder = order == "True"
        for part in shape.dropFirst().split(separator: ",") {
            let digits = part.filter { $0 != " " }
            guard !digits.isEmpty else { continue }
            guard let extent = Int(digits), extent >= 0 else {
                throw .badInput(place, "the npy header's shape \(shape)) is not one of whole numbers")
            }
            self.shape.append(extent)
        }
        guard !isFortranOrder || self.shape.count <= 2 else {
            throw .badInput(
                place,
                "Fortran order with \(self.shape.count) dimensions: save with numpy.ascontiguousarray"
            )
        }
    }

    /// The text after `'key': ` up to the end of its value; a tuple keeps its opening parenthesis, a string no quotes.
    private static func value(of key: String, in text: String) -> String? {
        guard let found = text.range(ofText: "'\(key)':") else { return nil }
        let rest = text[found...].drop { $0 == " " }
        switch rest.first {
        case "'": return String(rest.dropFirst().prefix { $0 != "'" })
        case "(": return String(rest.prefix { $0 != ")" })
        default: return String(rest.prefix { $0 != "," && $0 != "}" && $0 != " " })
        }
    }

    /// Bytes of one element, or nil when the type is not a little-endian number.
    var elementByteCount: Int? {
        ["<f2": 2, "<f4": 4, "<f8": 8, "<i8": 8, "<i4": 4, "<i2": 2, "|i1": 1, "<u4": 4, "<u2": 2, "|u1": 1, "|b1": 1][
            descriptor
        ]
    }
}

extension String {
    /// Where the text after the first occurrence of `other` begins.
    fileprivate func range(ofText other: String) -> Index? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(other) { return index(start, offsetBy: other.count) }
            start = index(after: start)
        }
        return nil
    }
}
