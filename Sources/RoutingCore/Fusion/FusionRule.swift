import CKernels
import Catalog
import RouteGridBase
import RoutingData

/// How a text vector t and an image vector v of one sample become one feature vector.
///
/// Where t and v meet entry by entry, both are cut to the narrower width d, as both benchmarks do. Float32, the same
/// operations in the same order as their numpy code.
/// - Reference: MMR-Bench (arXiv 2601.17814) and VL-RouterBench (arXiv 2512.23562), released code.
enum FusionRule: Hashable, Sendable {
    /// (t + v) / 2; width d.
    case mean
    /// w·t + (1 − w)·v; width d.
    case weighted(text: Float)
    /// [t, v].
    case concat
    /// [t/|t|, v/|v|], a zero vector staying zero.
    case normalizeConcat
    /// [t, v, t∘v, |t − v|].
    case concatInteraction
    /// [v/2, t/2]: the benchmark's gate before any training.
    case gated
    /// t∘v; width d.
    case hadamard
    /// ``AdaptiveFusion``; width d.
    case adaptive

    /// - Throws: ``RouteGridError`` `badInput` for an unknown kind or a parameter that is absent.
    init(_ configuration: FusionConfiguration) throws(RouteGridError) {
        switch configuration.kind {
        case "mean": self = .mean
        case "weighted": self = .weighted(text: Float(try TypedParameters(configuration).number("text")))
        case "concat": self = .concat
        case "normalize_concat": self = .normalizeConcat
        case "concat_interaction": self = .concatInteraction
        case "gated": self = .gated
        case "hadamard": self = .hadamard
        case "adaptive": self = .adaptive
        default:
            let known = FusionCatalog.descriptors.map(\.kind)
            throw .badInput(
                "fusion",
                "unknown kind \"\(configuration.kind)\"\(NearestName.hint(configuration.kind, in: known))"
            )
        }
    }

    /// The width of the fused vector.
    func width(text: Int, image: Int) -> Int {
        let narrow = min(text, image)
        return switch self {
        case .mean, .weighted, .hadamard, .adaptive: narrow
        case .concat, .normalizeConcat, .gated: text + image
        case .concatInteraction: text + image + 2 * narrow
        }
    }

    /// Fuses row by row; `adaptive`, which looks at a whole batch, is ``AdaptiveFusion``'s.
    ///
    /// - Parameters:
    ///   - text: `[rows, text width]`.
    ///   - image: `[rows, image width]`.
    ///   - numbers: the rows to fuse, in this order; nil for all.
    /// - Returns: `[rows, width(text:image:)]`.
    func fused(text: Matrix<Float>, image: Matrix<Float>, rows numbers: [Int]? = nil) -> Matrix<Float> {
        let numbers = numbers ?? Array(0..<text.rows)
        let (dt, dv) = (text.columns, image.columns)
        let narrow = min(dt, dv)
        let width = width(text: dt, image: dv)
        let elements = [Float](unsafeUninitializedCapacity: numbers.count * width) { out, count in
            text.elements.withUnsafeBufferPointer { texts in
                image.elements.withUnsafeBufferPointer { images in
                    for row in numbers { precondition(0..<text.rows ~= row, "row \(row) of \(text.rows)") }
                    var norms = (text: [Float](), image: [Float]())
                    for (place, row) in numbers.enumerated() {
                        if self == .normalizeConcat, place % Self.normRows == 0 {
                            let next = numbers[place..<min(place + Self.normRows, numbers.count)]
                            norms = (euclideanNorms(next, of: texts, dt), euclideanNorms(next, of: images, dv))
                        }
                        let t = UnsafeBufferPointer(rebasing: texts[row * dt..<(row + 1) * dt])
                        let v = UnsafeBufferPointer(rebasing: images[row * dv..<(row + 1) * dv])
                        let f = UnsafeMutableBufferPointer(rebasing: out[place * width..<(place + 1) * width])
                        if self == .normalizeConcat {
                            let turn = place % Self.normRows
                            concatenate(t, norms.text[turn], v, norms.image[turn], into: f)
                        } else {
                            fuse(t, v, narrow, into: f)
                        }
                    }
                }
            }
            count = numbers.count * width
        }
        return Matrix(rows: numbers.count, columns: width, elements: elements)
    }

    /// Rows whose lengths are summed side by side.
    private static let normRows = 8

    private func fuse(
        _ t: UnsafeBufferPointer<Float>,
        _ v: UnsafeBufferPointer<Float>,
        _ narrow: Int,
        into f: UnsafeMutableBufferPointer<Float>
    ) {
        switch self {
        case .mean: if let a = t.baseAddress, let b = v.baseAddress, let c = f.baseAddress { ck_mean(a, b, c, narrow) }
        case .weighted(let w): for i in 0..<narrow { f[i] = w * t[i] + (1 - w) * v[i] }
        case .hadamard: for i in 0..<narrow { f[i] = t[i] * v[i] }
        case .concat: concatenate(t, 1, v, 1, into: f)
        case .gated: concatenate(v, 2, t, 2, into: f)
        case .concatInteraction:
            concatenate(t, 1, v, 1, into: f)
            let base = t.count + v.count
            for i in 0..<narrow {
                f[base + i] = t[i] * v[i]
                f[base + narrow + i] = abs(t[i] - v[i])
            }
        case .normalizeConcat, .adaptive: preconditionFailure("\(self) reads more than one row")
        }
    }

    /// [first ÷ divisor, second ÷ divisor]; a divisor of 0 counts as 1.
    private func concatenate(
        _ first: UnsafeBufferPointer<Float>,
        _ firstDivisor: Float,
        _ second: UnsafeBufferPointer<Float>,
        _ secondDivisor: Float,
        into f: UnsafeMutableBufferPointer<Float>
    ) {
        let (a, b) = (firstDivisor == 0 ? 1 : firstDivisor, secondDivisor == 0 ? 1 : secondDivisor)
        for i in first.indices { f[i] = first[i] / a }
        for i in second.indices { f[first.count + i] = second[i] / b }
    }
}

/// |x| of at most eight rows of `width` numbers, each summed in order in float64.
private func euclideanNorms(_ rows: ArraySlice<Int>, of values: UnsafeBufferPointer<Float>, _ width: Int) -> [Float] {
    guard let base = values.baseAddress, let last = rows.last else { return [Float](repeating: 0, count: rows.count) }
    var lines = [UnsafePointer<Float>?](repeating: base + last * width, count: 8)
    for (place, row) in rows.enumerated() { lines[place] = base + row * width }
    var sums = [Double](repeating: 0, count: 8)
    ck_square_sums(lines, width, &sums)
    return sums.prefix(rows.count).map { Float($0.squareRoot()) }
}
