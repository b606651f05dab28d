package import Catalog
package import RouteGridBase
package import RoutingData
import Scoring

/// A fitted router read from a file: queries in, a model for each out, without the data that it was fitted on.
///
/// The file is safetensors; member `routegrid` of its metadata is a JSON description (router, models, modality, fusion,
/// widths, rule, operating points), the tensors are what the core predicts with. Choices are those of the core, because
/// the same code makes them.
package struct ExportedFit: Sendable {
    package static let format = "routegrid/fit/v1"

    /// The kinds of routers that are written.
    package static let kinds: [String] = ExportedRouters.kinds

    /// Why no router of a kind can be written; nil when it can, as far as its kind tells.
    package static func refusal(_ kind: String) -> String? {
        ExportedRouters.refusal(kind, mode: .sound, modality: nil, fusion: nil)
    }

    /// What the file says of itself.
    package let description: JSONValue
    package let models: [String]
    /// The embeddings that a query is given by; nil for a router that looks at none.
    package let modality: Modality?
    /// Widths of the embeddings at the fit; 0 for one that is not read.
    package let widths: (text: Int, image: Int)
    package let rule: BudgetRule
    /// The budget of the row's point, in the unit of the rule; nil for a router that no budget changes.
    package let budget: Double?
    private let router: any FittedRouter
    private let order: TieOrder
    private let scale: Double

    /// - Parameters:
    ///   - bytes: The file.
    ///   - place: What messages call it.
    ///   - programs: Runs the program of an `exec` router; nil where none is allowed.
    /// - Throws: `badInput` when the file is no such fit, is cut off, or its parts do not fit together.
    package init(bytes: [UInt8], place: String, programs: (any RouterPrograms)? = nil) throws {
        let file = try Safetensors(bytes: bytes, place: place)
        guard let text = file.metadata["routegrid"] else {
            throw RouteGridError.badInput(place, "a safetensors file without a RouteGrid fit: expected \(Self.format)")
        }
        let json = try JSONValue(parsing: Array(text.utf8), place: "\(place) metadata")
        func bad(_ text: String) -> RouteGridError { .badInput(place, text) }
        let format = json["format"]?.stringValue ?? ""
        guard format == Self.format else { throw bad("format \"\(format)\": expected \(Self.format)") }
        let names = json["models"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let preference = json["preference"]?.arrayValue?.compactMap(\.integerValue) ?? []
        guard !names.isEmpty, preference.sorted() == Array(names.indices) else {
            throw bad("models and preference: expected each model once")
        }
        guard let mode = json["mode"]?.stringValue.flatMap(EvaluationMode.init),
            let rule = json["rule"]?["kind"]?.stringValue.flatMap(BudgetRule.init),
            let scale = json["rule"]?["scale"]?.numberValue, scale > 0, scale.isFinite,
            let kind = json["router"]?["kind"]?.stringValue
        else { throw bad("mode, rule and router: expected names that this build knows") }
        func stated(_ name: String) throws(RouteGridError) -> Modality? {
            guard let value = json["modality"]?[name], value != .null else { return nil }
            guard let known = value.stringValue.flatMap(Modality.init) else { throw bad("modality \(name): \(value)") }
            return known
        }
        guard let textWidth = json["widths"]?["text"]?.integerValue, 0...(1 << 24) ~= textWidth,
            let imageWidth = json["widths"]?["image"]?.integerValue, 0...(1 << 24) ~= imageWidth
        else { throw bad("widths: expected those of text and image") }
        let fusion = try json["fusion"].map { try FusionConfiguration(json: $0, place: "\(place) fusion") }
        let fusionRule = try FusionRule(fusion ?? FusionConfiguration(kind: "mean"))
        let (trained, given) = (try stated("train"), try stated("given"))
        guard (trained == nil) == (given == nil) else { throw bad("modality: expected both of train and given") }
        let map = FeatureMap(
            mode: mode,
            trained: trained ?? .text,
            rule: fusionRule,
            textWidth: textWidth,
            imageWidth: imageWidth,
            adaptive: trained == .both && fusionRule == .adaptive ? try Self.adaptive(file, textWidth, imageWidth) : nil
        )
        let reader = FitReader(
            file: file,
            members: json["state"] ?? .null,
            map: map,
            mode: mode,
            kind: kind,
            models: names,
            programs: programs
        )
        router = try ExportedRouters.read(reader)
        let points = try file.doubles("points.budget").elements
        if let place = json["point"]?.integerValue {
            guard points.indices.contains(place) else { throw bad("point \(place): expected 0 ..< \(points.count)") }
            budget = points[place]
        } else {
            budget = nil
        }
        (description, models, modality, widths) = (json, names, given, (textWidth, imageWidth))
        (self.rule, self.scale, order) = (rule, scale, TieOrder(mode, preference: preference))
    }

    /// Whether a budget changes choices: of a router of scores or one policy it went into the fit.
    package var takesBudget: Bool { budget != nil }

    /// Whether queries are given by these embeddings.
    package func reads(_ embedding: Modality) -> Bool { modality == .both || modality == embedding }

    /// Whether models are drawn by lot, so that a query's model depends on how many are asked about: all at once, then.
    package var drawsLots: Bool { router is RandomRouter || router is RandomMixRouter }

    /// Whether a program answers, which is started once for each question.
    package var runsProgram: Bool { router is KeptProgram }

    /// The model number of each query.
    ///
    /// - Parameters:
    ///   - text: `[queries, text width]`; nil where ``modality`` has none.
    ///   - image: `[queries, image width]`; nil where ``modality`` has none.
    ///   - count: how many queries.
    ///   - budget: in the unit of the rule, ≥ 0; nil for that of the row's point.
    /// - Returns: `count` model numbers.
    /// - Throws: `badInput` for embeddings of another width or none.
    package func choices(
        text: Matrix<Float>?,
        image: Matrix<Float>?,
        count: Int,
        budget: Double? = nil
    ) throws -> [Int] {
        let none = Matrix<Double>(repeating: 0, rows: 0, columns: models.count)
        let table = OutcomeTable(models: models, samples: [], quality: none, cost: none, text: text, image: image)
        switch try router.output(for: Array(0..<count), of: table, modality: modality) {
        case .predictions(let quality, let cost):
            let budget = budget ?? self.budget ?? .infinity
            guard rule.descriptor.budgets == .penalties else {
                return order.choices(quality: quality, cost: cost, atMost: budget)
            }
            let sweep = PenaltySweep(quality: quality, cost: cost, scale: scale, order: order)
            return sweep.choices(at: [budget]).elements.map(Int.init)
        case .scores(let scores): return SoftLabelRule.choices(scores, order: order).elements.map(Int.init)
        case .policies(let policies): return policies[policies.count - 1]
        }
    }

    private static func adaptive(
        _ file: Safetensors,
        _ text: Int,
        _ image: Int
    ) throws(RouteGridError) -> AdaptiveFusion {
        func statistics(_ name: String) throws(RouteGridError) -> AdaptiveFusion.Statistics {
            let (mean, norm) = (try file.doubles("adaptive.\(name).mean"), try file.doubles("adaptive.\(name).norm"))
            guard mean.elements.count == min(text, image), norm.elements.count == 2 else {
                throw .badInput(file.place, "adaptive.\(name): expected statistics of \(min(text, image)) columns")
            }
            return .init(mean: mean.elements, averageNorm: norm.elements[0], normDeviation: norm.elements[1])
        }
        return AdaptiveFusion(text: try statistics("text"), image: try statistics("image"))
    }
}
