import Catalog
import RouteGridBase
import RoutingData

/// Router `exec`: a program fits and predicts all rows that are evaluated, in one call, or in two if its fit is kept.
///
/// It is asked at the fit about the dev and test rows; evaluations read its answer. What it is given is what `linear`
/// and `knn` read: the fused embeddings of the train modality.
struct ProgramRouter: FittedRouter {
    private let place: String
    private let modality: Modality?
    /// Where each row is in the answer.
    private let places: [Int: Int]
    private let answer: RouterOutput
    let featureMap: FeatureMap
    private let kept: KeptProgram?
    private let streams: RandomStreams
    private let readsInputs: Bool

    /// - Throws: `badInput` when no program may run here or its answer is not valid; what the program's run throws.
    init(_ request: FitRequest) throws {
        let parameters = TypedParameters(request.router)
        let command = try parameters.text(RouterCatalog.commandParameter)
        place = "router exec \(SafeText.line(command))"
        guard let programs = request.programs else {
            throw RouteGridError.badInput(place, "programs run on workers only, and only those that they allow")
        }
        (modality, streams, readsInputs) = (request.modality, request.streams, request.file != nil)
        let features = try FeatureMap(request)
        featureMap = features
        func given(_ numbers: [Int]) throws -> ProgramExchange.Rows {
            ProgramExchange.Rows(
                features: try features.features(for: numbers, of: request.table),
                ids: request.file == nil ? nil : numbers.map { request.table.samples[$0].id }
            )
        }
        let facts = ProgramExchange.Facts(request)
        let (train, rows) = (request.parts.train, Set(request.parts.dev).union(request.parts.test).sorted())
        let outcomes = (
            rows: try given(train), quality: request.table.quality.rows(train), cost: request.table.cost.rows(train)
        )
        let limit = ProgramExchange.limit(rows: rows.count, models: facts.models.count)
        let output: [UInt8]
        if request.router.parameters[RouterCatalog.keepParameter] == true {
            let fit = try programs.answer(
                of: command,
                to: .fit(ProgramExchange.input(facts, train: outcomes)),
                file: request.file,
                limit: ProgramExchange.fitLimit
            )
            let input = ProgramExchange.input(facts, test: try given(rows))
            output = try programs.answer(of: command, to: .predict(input, by: fit), file: request.file, limit: limit)
            kept = KeptProgram(command: command, facts: facts, fit: fit, map: features, programs: programs)
        } else {
            let input = ProgramExchange.input(facts, train: outcomes, test: try given(rows))
            output = try programs.answer(of: command, to: .fitPredict(input), file: request.file, limit: limit)
            kept = nil
        }
        let models = facts.models
        answer = try ProgramExchange.output(output, rows: rows.count, models: models, place: "\(place): its answer")
        places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        if let modality, modality != self.modality {
            throw RouteGridError.badInput(
                place,
                "was asked with modality \(self.modality?.rawValue ?? "none"), not \(modality.rawValue): programs are "
                    + "evaluated on the modality that they are trained on"
            )
        }
        let chosen = try rows.map { row in
            guard let place = places[row] else {
                throw RouteGridError.badInput(place, "row \(row) is neither of dev nor of test")
            }
            return place
        }
        switch answer {
        case .predictions(let quality, let cost):
            return .predictions(quality: quality.rows(chosen), cost: cost.rows(chosen))
        case .scores(let scores): return .scores(scores.rows(chosen))
        case .policies(let policies): return .policies(policies.map { policy in chosen.map { policy[$0] } })
        }
    }
}

extension ProgramRouter: ExportableRouter {
    var refusal: String? {
        if kept == nil { return "its fit is not kept: `keep: true` in the grid makes fit and predict two calls" }
        return readsInputs ? "it reads `inputs`, which queries do not have" : nil
    }

    func write(to writer: inout FitWriter) {
        writer.add(streams)
        kept?.write(to: &writer)
    }
}

extension ProgramRouter {
    static let kinds = [
        RouterKind("exec", file: .read { try KeptProgram($0) }) { try ProgramRouter($0) }
    ]
}
