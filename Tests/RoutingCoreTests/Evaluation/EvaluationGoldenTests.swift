import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Testing

@Suite struct EvaluationGoldenTests {
    private func request(_ kind: String, mode: EvaluationMode, parameters: [String: JSONValue] = [:]) throws
        -> FitRequest
    {
        let (table, parts) = try GoldenFiles.digits()
        return FitRequest(
            router: RouterConfiguration(kind: kind, parameters: parameters),
            mode: mode,
            streams: RandomStreams(seed: 0, splitIndex: 0, routerKind: kind),
            table: table,
            parts: parts
        )
    }

    private func number(_ evaluation: Evaluation, _ metric: String) -> Double? {
        evaluation.result["metrics"]?[metric]?["v"]?.numberValue
    }

    /// nAUC, Ps, QNC (nil: infinite) and the size of the frontier, as the peer printed them.
    @Test(
        arguments: [
            ("oracle", 0.9491593113132653, 0.996875, 0.01122177698555281, 35),
            ("knn", 0.9437152947553005, 0.94765625, nil, 127),
            ("linear", 0.9246573304713794, 0.93125, nil, 117),
        ] as [(String, Double, Double, Double?, Int)]
    )
    func `the peer's numbers come out of its predictions`(
        router: String,
        nauc: Double,
        ps: Double,
        qnc: Double?,
        count: Int
    ) throws {
        let request = try request(router, mode: .compat)
        let fitted: any FittedRouter
        if router == "oracle" {
            fitted = try RouterFitting.fit(request)
        } else {
            // Predictions for the test rows only; the others are never needed.
            var quality = Matrix<Double>(repeating: .nan, rows: 1_600, columns: 13)
            var cost = quality
            let (perf, price) = (
                try GoldenFiles.matrix("digits_vqa/\(router)_perf_pred.npy"),
                try GoldenFiles.matrix("digits_vqa/\(router)_cost_pred.npy")
            )
            for (place, row) in request.parts.test.enumerated() {
                for model in 0..<13 {
                    quality[row, model] = perf[place, model]
                    cost[row, model] = price[place, model]
                }
            }
            fitted = AnsweringRouter(quality: quality, cost: cost)
        }
        let experiment = try FittedExperiment(request: request, router: fitted)
        let evaluation = try experiment.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .exact))
        #expect(abs((number(evaluation, "nauc_own") ?? .nan) - nauc) < 1e-9)
        #expect(abs((number(evaluation, "ps") ?? .nan) - ps) < 1e-12)
        if let qnc {
            #expect(abs((number(evaluation, "qnc") ?? .nan) - qnc) < 1e-9)
        } else {
            #expect(evaluation.result["metrics"]?["qnc"]?["v"] == .null)
            #expect(evaluation.result["metrics"]?["qnc"]?["why"]?.stringValue?.contains("best single model") == true)
        }
        #expect(evaluation.result["points"]?.arrayValue?.count == count)
        #expect(evaluation.choices.rows == count && evaluation.choices.columns == 1_280)
    }

    @Test func `random's fifty points give the peer's numbers`() throws {
        let request = try request("random", mode: .compat, parameters: ["trials": 50])
        let experiment = try FittedExperiment(fitting: request)
        let evaluation = try experiment.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .exact))
        #expect(abs((number(evaluation, "nauc_own") ?? .nan) - 0.7998453109986046) < 1e-9)
        #expect(abs((number(evaluation, "ps") ?? .nan) - 0.815625) < 1e-12)
        #expect(evaluation.result["points"]?.arrayValue?.count == 5)
    }
}
