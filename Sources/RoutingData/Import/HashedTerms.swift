import Glibc

/// Text embeddings of hashed terms: words and pairs of neighbouring words, each in the column and with the sign that
/// its hash says, weighted 1 + ln(count), rows of length 1.
///
/// Nothing is fitted, so that nothing of dev and test can leak into train: there are no document frequencies.
///
/// - Reference: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009; the weights are
///   scikit-learn's `sublinear_tf`.
package enum HashedTerms {
    /// The name of the encoder, for which a grid needs no tensor in the dataset.
    package static let name = "tfidf"
    package static let usualWidth = 512
    package static let widths = 16...16_384

    /// The embeddings of some texts.
    ///
    /// - Parameters:
    ///   - texts: one a row.
    ///   - width: how many columns.
    /// - Returns: `[texts, width]`; a text without words has a row of zeros.
    package static func embeddings(_ texts: [String], width: Int = usualWidth) -> Matrix<Float> {
        var matrix = Matrix(repeating: Float(0), rows: texts.count, columns: width)
        for (row, text) in texts.enumerated() {
            var counts: [UInt64: Int] = [:]
            var before: UInt64?
            for word in text.lowercased().unicodeScalars.split(whereSeparator: { !isLetter($0) }) {
                let own = hash(word)
                counts[own, default: 0] += 1
                // FNV's step mixes the pair; the order of its words counts.
                if let before { counts[(before &* 31) ^ own, default: 0] += 1 }
                before = own
            }
            var sums = [Double](repeating: 0, count: width)
            // In the order of the hashes: sums do not depend on a dictionary's order.
            for (term, count) in counts.sorted(by: { $0.key < $1.key }) {
                let mixed = mix(term)
                let weight = 1 + log(Double(count))
                sums[Int(mixed % UInt64(width))] += mixed >> 63 == 0 ? weight : -weight
            }
            let length = sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 0 else { continue }
            for column in 0..<width { matrix[row, column] = Float(sums[column] / length) }
        }
        return matrix
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    /// FNV-1a over the letters.
    private static func hash(_ word: Substring.UnicodeScalarView.SubSequence) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for scalar in word {
            hash = (hash ^ UInt64(scalar.value)) &* 0x0000_0100_0000_01b3
        }
        return hash
    }

    /// The end of SplitMix64: each bit of the result depends on all.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
