import RouteGridBase
import RoutingData

/// Rows that say the same thing twice: of a question that is in the data several times, resamples of single rows would
/// count each copy as news.
///
/// Twins are rows of one input (the same question on the same image, else the same question with the same embeddings)
/// and rows of one `group`. A group of more than a twentieth of the rows is a kind of question and no prompt, and makes
/// no twins.
struct TwinRows {
    private let samples: [Sample]
    /// Rows of one input have one number; nil for a row whose input is not known.
    private let inputs: [Int?]
    /// Rows of one group have one number; nil in groups that are too large.
    private let groups: [Int?]

    init(_ dataset: Dataset) {
        samples = dataset.samples.map(\.sample)
        inputs = Self.numbers(dataset.samples.indices.map { Self.input(of: $0, in: dataset) })
        let sizes = Dictionary(samples.map { ($0.group, 1) }, uniquingKeysWith: +)
        let limit = max(samples.count / 20, 1)
        groups = Self.numbers(samples.map { sizes[$0.group, default: 0] <= limit ? $0.group : nil })
    }

    /// Whether any two rows are twins.
    var isEmpty: Bool {
        [inputs, groups].allSatisfy { numbers in
            let known = numbers.compactMap { $0 }
            return Set(known).count == known.count
        }
    }

    /// The test rows that have a twin, in whatever part, which the split does not keep together with them.
    func count(under split: Split, parts: SplitParts) -> Int {
        let unit: KeyPath<Sample, String> = split.groupBy == .prompt ? \.group : \.id
        let rows = parts.train + parts.dev + parts.test
        let twins = [inputs, groups].map { numbers in
            var units: [Int: Set<String>] = [:]
            for row in rows {
                if let number = numbers[row] { units[number, default: []].insert(samples[row][keyPath: unit]) }
            }
            return Set(units.filter { $0.value.count > 1 }.keys)
        }
        return parts.test.count { row in
            inputs[row].map(twins[0].contains) ?? false || groups[row].map(twins[1].contains) ?? false
        }
    }

    private struct Input: Hashable {
        var question: String
        var image: String
        /// Of the embeddings that tell rows apart: bits folded into a word.
        var embeddings: Int
    }

    private static func input(of row: Int, in dataset: Dataset) -> Input? {
        let sample = dataset.samples[row]
        if !sample.image.isEmpty { return Input(question: sample.question, image: sample.image, embeddings: 0) }
        // A question without any image is itself the input; with one, the image's embedding tells rows apart.
        let tensors = sample.question.isEmpty ? dataset.text.merging(dataset.image) { $1 } : dataset.image
        var hasher = Hasher()
        var isBlank = true
        for (name, matrix) in tensors.sorted(by: { $0.key < $1.key }) {
            hasher.combine(name)
            let first = row * matrix.columns
            for value in matrix.elements[first..<first + matrix.columns] {
                hasher.combine(value.bitPattern)
                if value != 0 { isBlank = false }
            }
        }
        if sample.question.isEmpty, isBlank { return nil }
        return Input(question: sample.question, image: "", embeddings: hasher.finalize())
    }

    private static func numbers<Value: Hashable>(_ values: [Value?]) -> [Int?] {
        var numbers: [Value: Int] = [:]
        return values.map { value in
            guard let value else { return nil }
            let number = numbers[value] ?? numbers.count
            numbers[value] = number
            return number
        }
    }
}
