import RouteGridBase

/// Brings the rows of long files together: a sample a query, a column a model, the mean of several answers.
struct OutcomeCollector {
    /// What was read of one query and one model.
    struct Cell {
        var rows: UInt32 = 0
        var scores: UInt32 = 0
        var costs: UInt32 = 0
        var tokensIn: UInt32 = 0
        var tokensOut: UInt32 = 0
        var latencies: UInt32 = 0
        var scoreSum = 0.0
        /// The sum of squared deviations from the mean.
        var deviation = 0.0
        var costSum = 0.0
        var tokensInSum = 0.0
        var tokensOutSum = 0.0
        var latencySum = 0.0

        /// The standard deviation of two scores or more; what rounding leaves of equal ones is 0.
        var scoreSD: Double {
            let variance = deviation / Double(scores - 1)
            return variance < 1e-24 ? 0 : variance.squareRoot()
        }

        mutating func add(score: Double) {
            let before = scores > 0 ? scoreSum / Double(scores) : score
            scores += 1
            scoreSum += score
            deviation += (score - before) * (score - scoreSum / Double(scores))
        }
    }

    struct CollectedSample {
        /// Nil when rows are joined by text.
        var id: String?
        var dataset: Int
        var group: String?
        var question: String
        var image: String
    }

    private struct Query: Hashable {
        var dataset: Int
        /// The id, or the text.
        var name: String
    }

    private struct Answer: Hashable {
        var sample: Int
        var model: Int
        var trial: String
    }

    let form: LongForm
    /// Whether rows are joined by text although they have ids.
    let joinsByText: Bool
    private(set) var samples: [CollectedSample] = []
    private(set) var models: [String] = []
    private(set) var datasets: [String] = []
    /// By model, then by sample; shorter where a model's last samples are missing.
    private(set) var cells: [[Cell]] = []
    private(set) var rowCount = 0
    private(set) var skippedCount = 0
    private(set) var repeatedCount = 0
    private(set) var unansweredCount = 0
    private(set) var scoreCount = 0
    /// Answers of other models than the one that was asked, counted by its name and theirs.
    private(set) var served: [String: [String: Int]] = [:]
    private var sampleNumbers: [Query: Int] = [:]
    private var modelNumbers: [String: Int] = [:]
    private var datasetNumbers: [String: Int] = [:]
    private var answers: Set<Answer> = []

    init(_ form: LongForm, joinsByText: Bool) {
        self.form = form
        self.joinsByText = joinsByText
    }

    /// Takes one row.
    ///
    /// - Parameters:
    ///   - record: the row.
    ///   - paths: where its fields are.
    ///   - key: the name of the entry that the row is, for rows with an entry a model.
    /// - Throws: `badInput` with the row's place and the field.
    mutating func add(
        _ record: some LongRecord,
        _ paths: LongPaths,
        key: String? = nil
    ) throws(RouteGridError) {
        rowCount += 1
        for condition in paths.kept where try !record.meets([condition]) {
            skippedCount += 1
            return
        }
        guard try !record.meets(paths.skipped) else {
            skippedCount += 1
            return
        }
        guard let model = paths[.model]?.isKey == true ? key : try record.text(paths[.model]) else {
            throw .badInput(record.place, "\(Self.what(paths[.model], paths)): expected a model's name, found none")
        }
        let sample = try sampleNumber(record, paths)
        let column = modelNumber(model)
        if cells[column].count <= sample {
            cells[column].append(contentsOf: repeatElement(Cell(), count: sample + 1 - cells[column].count))
        }
        if let trial = try record.text(paths[.trial]) {
            guard answers.insert(Answer(sample: sample, model: column, trial: trial)).inserted else {
                throw .badInput(record.place, "trial \(trial) of \(name(sample, model)) occurs twice")
            }
        } else if cells[column][sample].rows > 0 {
            repeatedCount += 1
            switch form.repeats {
            case .trials: break
            case .first: return
            case .refused:
                throw .badInput(
                    record.place,
                    "\(name(sample, model)) occurs twice: --map trial=COLUMN tells several answers apart, --repeats trials "
                        + "takes their mean, --repeats first the first"
                )
            }
        }
        try addValues(record, paths, model: model, cell: (column, sample))
    }

    private mutating func addValues(
        _ record: some LongRecord,
        _ paths: LongPaths,
        model: String,
        cell: (column: Int, sample: Int)
    ) throws(RouteGridError) {
        let scores = try scores(record, paths[.score], model: model)
        let cost = try record.number(paths[.cost], model: model, in: .cost)
        let tokensIn = try record.number(paths[.tokensIn], model: model, in: .tokens)
        let tokensOut = try record.number(paths[.tokensOut], model: model, in: .tokens)
        let latency = try record.number(paths[.latency], model: model, in: .latency, dividedBy: form.latencyScale)
        let isAnswered = try !record.meets(paths.unanswered)
        if !isAnswered { unansweredCount += 1 }
        scoreCount += scores.count
        if isAnswered, let other = try record.text(paths[.served]), !ServedModel.isSame(model, other) {
            served[model, default: [:]][other, default: 0] += 1
        }
        func change(_ cell: inout Cell) {
            cell.rows += 1
            guard isAnswered else { return }
            for score in scores { cell.add(score: score) }
            if let cost { (cell.costs, cell.costSum) = (cell.costs + 1, cell.costSum + cost) }
            if let tokensIn { (cell.tokensIn, cell.tokensInSum) = (cell.tokensIn + 1, cell.tokensInSum + tokensIn) }
            if let tokensOut {
                (cell.tokensOut, cell.tokensOutSum) = (cell.tokensOut + 1, cell.tokensOutSum + tokensOut)
            }
            if let latency { (cell.latencies, cell.latencySum) = (cell.latencies + 1, cell.latencySum + latency) }
        }
        change(&cells[cell.column][cell.sample])
    }

    // MARK: Scores

    private func scores(
        _ record: some LongRecord,
        _ field: LongPaths.Field?,
        model: String
    ) throws(RouteGridError) -> [Double] {
        for number in field?.numbers ?? [] {
            guard let value = try record.value(number, model: model) else { continue }
            if let text = value.stringValue, form.missing.contains(text) { continue }
            let entries = value.arrayValue ?? [value]
            var scores: [Double] = []
            for entry in entries where entry != .null { scores.append(try score(entry, number, record)) }
            return scores
        }
        return []
    }

    private func score(
        _ value: JSONValue,
        _ number: Int,
        _ record: some LongRecord
    ) throws(RouteGridError) -> Double {
        if let score = form.values.score(value) { return score }
        var found = value.numberValue
        // Decimal commas.
        if found == nil, value.stringValue != nil { found = (try? record.number(number, model: nil)) ?? nil }
        guard let found else {
            let shown = String(value.jsonText.prefix(40))
            throw record.failure(number, "expected a score 0…1, found \(shown); \(Self.way(value))")
        }
        let score = found / form.scale
        guard (0...1).contains(score) else {
            let shown = JSONValue.shortestText(found)
            throw record.failure(
                number,
                form.scale == 1
                    ? "expected a score 0…1, found \(shown); --scale 100 divides scores by 100"
                    : "expected a score 0…\(JSONValue.shortestText(form.scale)) (--scale), found \(shown)"
            )
        }
        return score + 0
    }

    /// What reads a score that is no number.
    private static func way(_ value: JSONValue) -> String {
        let text = value.stringValue ?? ""
        if ScoreForm.bool.score(value) != nil { return "--values bool reads true as 1 and false as 0" }
        if MissingText.isUsual(text) { return MissingText.advice(text) }
        let point = text.replacing(",", with: ".")
        if point != text, Double(point) != nil { return "--decimal comma reads decimal commas" }
        if text.hasSuffix("%"), Double(text.dropLast()) != nil { return "write it without the sign, for --scale 100" }
        return "--values says what texts mean: cipn for C, I, P, N of Inspect, or a list such as pass=1,fail=0"
    }

    // MARK: Samples and models

    private func name(_ sample: Int, _ model: String) -> String {
        let known = samples[sample]
        let query = known.id.map { "id \"\($0)\"" } ?? "the query \"\(known.question.prefix(60))\""
        return "\(query) with model \"\(model)\""
    }

    private mutating func sampleNumber(
        _ record: some LongRecord,
        _ paths: LongPaths
    ) throws(RouteGridError) -> Int {
        let dataset = datasetNumber(try record.text(paths[.dataset]) ?? "")
        let id = try record.text(paths[.id])
        let question = try record.text(paths[.query])
        guard let name = joinsByText ? question : id ?? question else {
            let field = joinsByText || paths[.id] == nil ? paths[.query] : paths[.id]
            throw .badInput(record.place, "\(Self.what(field, paths)): expected an id or a query, found none")
        }
        let group = try record.text(paths[.group])
        let image = try record.text(paths[.image])
        let query = Query(dataset: dataset, name: name)
        guard let number = sampleNumbers[query] else {
            samples.append(
                CollectedSample(
                    id: joinsByText ? nil : id,
                    dataset: dataset,
                    group: group,
                    question: question ?? "",
                    image: image ?? ""
                )
            )
            sampleNumbers[query] = samples.count - 1
            return samples.count - 1
        }
        try complete(number, record, question: question, group: group, image: image)
        return number
    }

    /// Adds what an earlier row of the sample did not say.
    private mutating func complete(
        _ number: Int,
        _ record: some LongRecord,
        question: String?,
        group: String?,
        image: String?
    ) throws(RouteGridError) {
        if let question, samples[number].question != question {
            if samples[number].question.isEmpty {
                samples[number].question = question
            } else if !form.acceptsOtherTexts {
                throw .badInput(
                    record.place,
                    "id \"\(samples[number].id ?? "")\" has two queries: "
                        + "\(JSONValue.string(String(samples[number].question.prefix(60))).jsonText) and "
                        + "\(JSONValue.string(String(question.prefix(60))).jsonText); --join text joins rows by their queries"
                )
            }
        }
        if let group, samples[number].group != group {
            guard samples[number].group == nil else {
                throw .badInput(
                    record.place,
                    "a second group \"\(group)\" of a query: first \"\(samples[number].group ?? "")\""
                )
            }
            samples[number].group = group
        }
        if let image, samples[number].image.isEmpty { samples[number].image = image }
    }

    private mutating func datasetNumber(_ name: String) -> Int {
        if let known = datasetNumbers[name] { return known }
        datasets.append(name)
        datasetNumbers[name] = datasets.count - 1
        return datasets.count - 1
    }

    private mutating func modelNumber(_ name: String) -> Int {
        if let known = modelNumbers[name] { return known }
        models.append(name)
        cells.append([])
        modelNumbers[name] = models.count - 1
        return models.count - 1
    }

    private static func what(_ field: LongPaths.Field?, _ paths: LongPaths) -> String {
        "field \"\(field?.numbers.first.map { paths.all[$0].text } ?? "")\""
    }
}
