import Catalog
import Foundation
import RouteGridBase
import RoutingData
import Scoring
import Testing

@testable import RoutingCore

/// Choices of VL-RouterBench's own router classes on the shipped data.
@Suite struct VLRouterBenchAgreementTests {
    private static let exact = [
        ("strongest", "strongest_global"), ("cheapest", "cheapest_global"),
        ("strongest-per-dataset", "strongest_per_dataset"), ("knn-label", "knn"), ("prknn", "prknn"),
        ("prototype", "kmeans"),
    ]

    @Test(arguments: VLPeerCase.all, exact)
    func `routers without an optimiser choose as the peer on every row`(
        _ peer: VLPeerCase,
        _ names: (kind: String, golden: String)
    ) throws {
        let chosen = try peer.chosen(by: RouterFitting.fit(peer.request(names.kind)))
        #expect(chosen == (try peer.choices(names.golden)))
    }

    @Test(arguments: VLPeerCase.all)
    func `baselines fitted on train choose as the peer's do`(_ peer: VLPeerCase) throws {
        for (kind, golden) in [("strongest", "global"), ("strongest-per-dataset", "per_dataset")] {
            var request = try peer.request(kind)
            request.mode = .sound
            #expect(try peer.chosen(by: RouterFitting.fit(request)) == peer.choices("strongest_\(golden)_fit_train"))
        }
    }

    @Test(arguments: VLPeerCase.all)
    func `the label of a row is the oracle's choice`(_ peer: VLPeerCase) throws {
        let models = CorrectModels(peer.table, mode: .compat)
        #expect(peer.parts.test.map(models.label) == (try peer.choices("oracle")))
    }

    @Test(arguments: VLPeerCase.all)
    func `the oracle under rule soft-label is the peer's`(_ peer: VLPeerCase) throws {
        let asked = EvaluationRequest(part: .test, rule: .softLabel, budget: .exact)
        let evaluation = try FittedExperiment(fitting: peer.request("oracle")).evaluate(asked)
        #expect(evaluation.choices.elements.map(Int.init) == (try peer.choices("oracle")))
    }

    @Test(arguments: VLPeerCase.all)
    func `neighbour votes and duels have the peer's weights`(_ peer: VLPeerCase) throws {
        let votes = try peer.scores(of: RouterFitting.fit(peer.request("knn-label")))
        #expect(largestDifference(votes, try peer.array("knn_proba").doubleMatrix()) <= 1e-4)
        let wins = try peer.scores(of: RouterFitting.fit(peer.request("prknn")))
        let golden = try peer.array("prknn_wins").doubleMatrix()
        #expect(largestDifference(wins, golden) <= 1e-3 * largestMagnitude(golden))
    }

    @Test(arguments: VLPeerCase.all)
    func `ovr finds the optimum that the peer stops short of`(_ peer: VLPeerCase) throws {
        let router = try RouterFitting.fit(peer.request("ovr"))
        #expect(agreement(try peer.chosen(by: router), try peer.choices("ovr")) >= 0.97)
        #expect(agreement(try peer.chosen(by: router), try peer.choices("ovr_tight")) >= 0.999)
        let golden = try peer.array("ovr_tight_proba").doubleMatrix()
        #expect(largestDifference(try peer.scores(of: router), golden) <= 1e-3)
    }

    @Test(arguments: VLPeerCase.all, [("0", 0.0), ("100", 100), ("inf", .infinity)])
    func `softmax reaches the peer's optimum`(_ peer: VLPeerCase, _ lambda: (name: String, value: Double)) throws {
        let forced = peer.name == "digits_vqa" && lambda.name == "inf" ? "_forcedK" : ""
        let golden = "linear_lbfgs_lam\(lambda.name)\(forced)"
        let router = try RouterFitting.fit(peer.request("softmax", label: LabelConfiguration(lambda: lambda.value)))
        #expect(agreement(try peer.chosen(by: router), try peer.choices(golden)) >= 0.98)
        let logits = try peer.array("\(golden)_logits").doubleMatrix()
        // The peer's float32 optimiser stops that far from the optimum.
        #expect(largestDifference(try peer.scores(of: router), logits) <= 5e-3)
    }

    @Test(arguments: VLPeerCase.all, ["exp", "power"])
    func `soft labels are the peer's`(_ peer: VLPeerCase, scheme: String) throws {
        let golden = try peer.array("soft_targets").doubles()
        let rows = Array(peer.parts.train.prefix(50))
        let count = peer.table.models.count
        let lambdas = [0, 10, 100, 1_000, 10_000.0]
        for (scalePlace, scale) in [1, 100.0].enumerated() {
            for (lambdaPlace, lambda) in lambdas.enumerated() {
                let labels = try SoftLabels(LabelConfiguration(lambda: lambda, scale: scale, scheme: scheme))
                let targets = labels.targets(for: rows, of: CorrectModels(peer.table, mode: .compat))
                let block = ((scheme == "exp" ? 0 : 2) + scalePlace) * 6 + lambdaPlace
                let start = block * 50 * count
                let expected = Matrix(rows: 50, columns: count, elements: Array(golden[start..<start + 50 * count]))
                // Golden values are float32.
                #expect(largestDifference(targets, expected) <= 6e-8)
            }
        }
    }

    /// The peer's arrays are float32; the formula itself, without the log space, is compared in float64.
    @Test(arguments: VLPeerCase.all, [("exp", 1.0), ("exp", 100), ("power", 1), ("power", 100)])
    func `soft labels are the formula's to 1e-9`(
        _ peer: VLPeerCase,
        _ label: (scheme: String, scale: Double)
    ) throws {
        let (scheme, scale) = label
        let rows = peer.parts.train
        let models = CorrectModels(peer.table, mode: .compat)
        for lambda in [0, 0.5, 10, 100] {
            let labels = try SoftLabels(LabelConfiguration(lambda: lambda, scale: scale, scheme: scheme))
            let targets = labels.targets(for: rows, of: models)
            var largest = 0.0
            for (place, row) in rows.enumerated() {
                let costs = peer.table.models.indices.map { scale * peer.table.cost[row, $0] }
                let right = peer.table.models.indices.filter { peer.table.quality[row, $0] == 1 }
                let cheapest = costs.min() ?? 0
                let weights = peer.table.models.indices.map { model -> Double in
                    if right.isEmpty { return model == costs.firstIndex(of: cheapest) ? 1 : 0 }
                    guard right.contains(model) else { return 0 }
                    let low = right.reduce(Double.infinity) { min($0, costs[$1]) }
                    return scheme == "exp"
                        ? exp(lambda * (low - costs[model])) : pow((low + 1e-12) / (costs[model] + 1e-12), lambda)
                }
                let total = weights.reduce(0, +)
                for (model, weight) in weights.enumerated() {
                    largest = max(largest, abs(targets[place, model] - weight / total))
                }
            }
            #expect(largest <= 1e-9, "λ \(lambda)")
        }
    }

    @Test(arguments: VLPeerCase.all)
    func `hard labels are the peer's`(_ peer: VLPeerCase) throws {
        let models = CorrectModels(peer.table, mode: .compat)
        let rows = Array(peer.parts.train.prefix(50))
        #expect(rows.map(models.label) == (try peer.array("hard_targets").integers()))
        let targets = try SoftLabels(LabelConfiguration(lambda: .infinity)).targets(for: rows, of: models)
        for (place, row) in rows.enumerated() { #expect(targets[place, models.label(row)] == 1) }
    }

    private static let fusions: [(golden: String, kind: String, parameters: [String: JSONValue])] = [
        ("average", "mean", [:]), ("weighted_average_w0.3", "weighted", ["text": 0.3]), ("concat", "concat", [:]),
        ("normalize_concat", "normalize_concat", [:]), ("concat_interaction", "concat_interaction", [:]),
        ("ff_gated_raw", "gated", [:]), ("ff_hadamard_only_raw", "hadamard", [:]),
    ]

    @Test(arguments: VLPeerCase.all)
    func `fused vectors are the peer's`(_ peer: VLPeerCase) throws {
        for fusion in Self.fusions {
            var request = try peer.request("knn-label")
            request.fusion = FusionConfiguration(kind: fusion.kind, parameters: fusion.parameters)
            let fused = try FeatureMap(request).features(for: Array(0..<5), of: peer.table)
            let golden = try peer.array("fusion_\(fusion.golden)").doubleMatrix()
            #expect(largestDifference(fused.widened(), golden) <= 1e-6, "\(fusion.kind)")
        }
    }

    /// Names of routers here and in the peer's summary.
    private static let scored = exact + [("oracle", "oracle"), ("ovr", "ovr_tight")]

    @Test(arguments: VLPeerCase.all)
    func `Rank Scores are the peer's where choices agree`(_ peer: VLPeerCase) throws {
        var compared = 0
        for (kind, golden) in Self.scored {
            let request = try peer.request(kind)
            let chosen = try peer.choices(golden)
            if kind != "oracle" {
                guard try peer.chosen(by: RouterFitting.fit(request)) == chosen else { continue }
            }
            let expected = try #require(try peer.result(golden))
            let score = try peer.score(chosen)
            #expect(abs(score.accuracy - expected.accuracy) <= 1e-12, "\(kind)")
            #expect(abs(score.cost - expected.cost) <= 1e-6 * expected.cost, "\(kind)")
            #expect(abs(score.rankScore - expected.rankScore) <= 1e-6, "\(kind)")
            compared += 1
        }
        // All but `ovr`, whose optimum the peer may miss on a row.
        #expect(compared >= Self.scored.count - 1)
    }

    @Test(arguments: VLPeerCase.all, [("0", 0.0), ("100", 100), ("inf", .infinity)])
    func `mlp-soft replays the peer's small network`(
        _ peer: VLPeerCase,
        _ lambda: (name: String, value: Double)
    ) throws {
        let label = LabelConfiguration(lambda: lambda.value, scale: 100)
        let train = try LabelledTrain(peer.request("mlp-soft", label: label))
        let targets = try SoftLabels(label).targets(for: train.rows, of: train.models)
        let shape = PerceptronShape(inputs: train.map.width, hidden: [16], outputs: peer.table.models.count)
        var training = PerceptronTraining(
            shape,
            parameters: try peer.array("mlp_small_init").doubles().map(Float.init),
            batch: 1_024,
            rate: 1e-3,
            decay: .coupled(1e-4)
        )
        let orders = try peer.array("mlp_small_perms").integers()
        for epoch in 0..<20 {
            training.epoch(
                Array(orders[epoch * train.rows.count..<(epoch + 1) * train.rows.count]),
                batch: 1_024,
                features: train.features,
                targets: SoftPerceptronRouter.floats(targets),
                loss: SoftPerceptronRouter.loss
            )
        }
        let golden = "mlp_small_lam\(lambda.name)_seed42"
        let network = Perceptron(shape: shape, parameters: training.parameters)
        let features = try train.features(for: peer.parts.test, of: peer.table, modality: nil)
        let logits = network(features)
        let expected = try peer.array("\(golden)_logits").doubleMatrix()
        #expect(largestDifference(logits, expected) <= 1e-4 * max(1, largestMagnitude(expected)))
        let chosen = (0..<logits.rows).map { firstMaximum(Array(logits.row($0))) }
        #expect(chosen == (try peer.choices(golden)))
    }
}
