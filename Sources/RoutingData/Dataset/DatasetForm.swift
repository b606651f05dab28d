import RouteGridBase

/// How a dataset's outcomes are written for other programs; the embeddings stay in the folder's safetensors file.
package enum DatasetForm: String, CaseIterable, Sendable {
    /// CSV with a row a sample and columns `MODEL_correct`, `MODEL_cost`, … a model: what `import csv` reads.
    case wide
    /// CSV with a row a sample and model: what `import long` reads.
    case long
    /// JSON lines with the members of `long`; what is missing is absent.
    case jsonl

    /// Columns of `long` that say who a row is.
    private static let identity = ["id", "dataset", "group", "query", "image", "model"]
    /// Columns of `long` that hold tensors, by the tensors' names.
    private static let longNames = ["quality": "score"]
    /// Ends of the columns of `wide`, by the tensors' names; the others have no column there.
    private static let wideEndings = [
        "quality": "_correct", "cost": "_cost", "tokens_in": "_tokens_in", "tokens_out": "_tokens_out",
        "tokens_total": "_tokens_total",
    ]

    /// The outcomes of a dataset, all samples and models; a missing number is an empty field.
    ///
    /// Numbers are the shortest texts that read back to the same bits.
    package func bytes(of dataset: Dataset) -> [UInt8] {
        switch self {
        case .wide: Self.wide(dataset)
        case .long: Self.long(dataset)
        case .jsonl: Self.lines(dataset)
        }
    }

    /// Tensors that this form has no column for.
    package func leftOut(of dataset: Dataset) -> [String] {
        self == .wide ? dataset.outcomeTensors.map(\.name).filter { Self.wideEndings[$0] == nil } : []
    }

    /// The command that makes a dataset folder of `file`, as far as its tensors can be imported.
    package func importCommand(of dataset: Dataset, file: String) -> String {
        let labels = dataset.costUnit.map { $0 == "USD" ? "" : " --cost-unit \(ShellText.quoted($0))" } ?? ""
        let end = "\(labels) --out DIR"
        guard self != .wide else { return "routegrid import csv --outcomes \(ShellText.quoted(file))\(end)" }
        let known = Set(LongField.allCases.map(\.rawValue))
        let columns = Self.identity + dataset.outcomeTensors.map { Self.longNames[$0.name] ?? $0.name }
        let map = columns.filter(known.contains).map { "\($0)=\($0)" }.joined(separator: ",")
        return "routegrid import long \(ShellText.quoted(file)) --map \(map)\(end)"
    }

    private static func number(_ value: Double) -> String { value.isNaN ? "" : JSONValue.shortestText(value) }

    private static func identity(_ sample: DatasetSample) -> [String] {
        [sample.sample.id, sample.sample.dataset, sample.sample.group, sample.question, sample.image]
    }

    private static func wide(_ dataset: Dataset) -> [UInt8] {
        let tensors = dataset.outcomeTensors.compactMap { name, matrix in wideEndings[name].map { ($0, matrix) } }
        let columns = dataset.models.flatMap { model in tensors.map { model + $0.0 } }
        var rows = CSVWriter(header: Dataset.sampleColumns + columns)
        for (row, sample) in dataset.samples.enumerated() {
            let numbers = dataset.models.indices.flatMap { column in tensors.map { number($0.1[row, column]) } }
            rows.append(identity(sample) + numbers)
        }
        return rows.bytes
    }

    private static func long(_ dataset: Dataset) -> [UInt8] {
        let tensors = dataset.outcomeTensors
        var rows = CSVWriter(header: identity + tensors.map { longNames[$0.name] ?? $0.name })
        for (row, sample) in dataset.samples.enumerated() {
            let who = identity(sample)
            for (column, model) in dataset.models.enumerated() {
                rows.append(who + [model] + tensors.map { number($0.matrix[row, column]) })
            }
        }
        return rows.bytes
    }

    private static func lines(_ dataset: Dataset) -> [UInt8] {
        let tensors = dataset.outcomeTensors
        var bytes: [UInt8] = []
        for (row, sample) in dataset.samples.enumerated() {
            let who = zip(identity, identity(sample)).filter { !$1.isEmpty }
            for (column, model) in dataset.models.enumerated() {
                var members = Dictionary(uniqueKeysWithValues: who.map { ($0, JSONValue.string($1)) })
                members["model"] = .string(model)
                for (name, matrix) in tensors where !matrix[row, column].isNaN {
                    members[longNames[name] ?? name] = .double(matrix[row, column])
                }
                bytes += JSONValue.object(members).jsonBytes()
                bytes.append(0x0A)
            }
        }
        return bytes
    }
}
