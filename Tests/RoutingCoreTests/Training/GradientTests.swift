import Catalog
import RouteGridBase
import RoutingData
import Testing

@testable import RoutingCore

/// Analytic gradients against central differences.
@Suite struct GradientTests {
    private func numbers(_ count: Int, _ name: String) -> [Float] {
        var generator = Xoshiro256(seed: Digest(hashing: name.utf8))
        return (0..<count).map { _ in Float(2 * generator.uniform() - 1) }
    }

    /// Which test here checks a trained router's gradient.
    private static let checked = [
        "mlp": "squared", "mlpmf": "factors", "mlp-soft": "entropy", "cmr": "transformer", "softmax": "softmax",
        "ovr": "logistic", "cosinecls-frozen": "cosine", "routerdc-frozen": "routerdc", "zooter-frozen": "linear",
        "vlc-frozen": "linear",
    ]

    @Test func `every router that is trained by steps is checked`() {
        let steps: Set = ["epochs", "iterations"]
        let trained = RouterCatalog.descriptors.filter { descriptor in
            descriptor.parameters.contains { steps.contains($0.name) } && !descriptor.kind.hasPrefix("kmeans")
        }
        #expect(Set(trained.map(\.kind)) == Set(Self.checked.keys))
    }

    @Test(arguments: ["squared", "factors", "entropy"])
    func `a perceptron's gradient is its slope`(_ kind: String) throws {
        let shape =
            kind == "factors"
            ? PerceptronShape(widths: [5, 7, 6, 4, 3], rectifies: [true, true, false, false])
            : PerceptronShape(inputs: 5, hidden: [7, 6], outputs: 3)
        let start = numbers(shape.parameterCount, "weights")
        let features = Matrix(rows: 8, columns: 5, elements: numbers(40, "features"))
        var targets = Matrix(rows: 8, columns: 3, elements: numbers(24, "targets"))
        let loss: PerceptronTraining.LossFunction
        if kind != "entropy" {
            targets.elements[4] = .nan
            loss = PerceptronRouter.loss
        } else {
            for row in 0..<8 { targets.elements.replaceSubrange(row * 3..<row * 3 + 3, with: [0.25, 0.75, 0]) }
            loss = { Loss.crossEntropy($0, $1, rows: $2, columns: $3, gradient: $4) }
        }
        let rows = Array(0..<8)[...]
        func value(_ parameters: [Float]) -> (loss: Double, gradient: [Float]) {
            var training = PerceptronTraining(shape, parameters: parameters, batch: 8, rate: 1e-3)
            return training.lossAndGradient(rows, features: features, targets: targets, loss: loss)
        }
        let gradient = value(start).gradient
        let scale = gradient.reduce(0) { max($0, abs($1)) }
        for index in stride(from: 0, to: shape.parameterCount, by: 5) {
            let step: Float = 2e-3
            var (up, down) = (start, start)
            up[index] += step
            down[index] -= step
            let slope = (value(up).loss - value(down).loss) / Double(up[index] - down[index])
            #expect(abs(slope - Double(gradient[index])) <= 5e-3 * Double(scale))
        }
    }

    @Test func `softmax and logistic objectives' gradients are their slopes`() throws {
        let features = Matrix(rows: 9, columns: 4, elements: numbers(36, "features"))
        var targets = Matrix<Double>(repeating: 0, rows: 9, columns: 3)
        for row in 0..<9 { (targets[row, row % 3], targets[row, (row + 1) % 3]) = (0.7, 0.3) }
        var softmax = SoftmaxObjective(features: features, targets: targets, penalty: 0.3)
        var logistic = BalancedLogistic(
            features: features.widened(),
            signs: (0..<9).map { $0 % 3 == 0 ? 1 : -1 },
            strength: 2
        )
        func check(_ count: Int, _ evaluate: ([Double], inout [Double]) -> Double) {
            let start = numbers(count, "start").map(Double.init)
            var (gradient, unused) = (start, start)
            _ = evaluate(start, &gradient)
            for index in 0..<count {
                var (up, down) = (start, start)
                up[index] += 1e-5
                down[index] -= 1e-5
                let slope = (evaluate(up, &unused) - evaluate(down, &unused)) / 2e-5
                #expect(abs(slope - gradient[index]) <= 1e-8 * max(1, abs(slope)))
            }
        }
        check(15) { softmax.evaluate($0, &$1) }
        check(5) { logistic.evaluate($0, &$1) }
    }

    @Test func `the transformer's gradient is its slope`() throws {
        let shape = CrossModalShape(text: 4, image: 3, width: 8, heads: 2, layers: 2, feedforward: 12, models: 3)
        var generator = Xoshiro256(seed: Digest(hashing: "init".utf8))
        let start = shape.initialParameters(using: &generator)
        var examples = CrossModalTraining.Examples(
            text: Matrix(rows: 6, columns: 4, elements: numbers(24, "text")),
            image: Matrix(rows: 6, columns: 3, elements: numbers(18, "image")),
            quality: Matrix(rows: 6, columns: 3, elements: numbers(18, "quality")),
            cost: Matrix(rows: 6, columns: 3, elements: numbers(18, "cost"))
        )
        examples.cost.elements[2] = .nan
        // The same dropout masks each time: the stream starts anew.
        func value(_ parameters: [Float]) -> (loss: Double, gradient: [Float]) {
            var masks = Xoshiro256(seed: Digest(hashing: "dropout".utf8))
            var training = CrossModalTraining(shape, parameters: parameters, batch: 6, rate: 1e-3, weightDecay: 0)
            return training.lossAndGradient(Array(0..<6)[...], of: examples, dropout: 0.2, using: &masks)
        }
        let gradient = value(start).gradient
        let scale = gradient.reduce(0) { max($0, abs($1)) }
        for index in stride(from: 0, to: shape.parameterCount, by: 7) {
            let step: Float = 4e-3
            var (up, down) = (start, start)
            up[index] += step
            down[index] -= step
            let slope = (value(up).loss - value(down).loss) / Double(up[index] - down[index])
            #expect(abs(slope - Double(gradient[index])) <= 5e-3 * Double(scale))
        }
    }

    @Test(arguments: ["linear", "cosine", "routerdc"])
    func `a frozen head's gradient is its slope`(_ kind: String) throws {
        let features = Matrix(rows: 6, columns: 5, elements: numbers(30, "features"))
        var targets = Matrix<Float>(repeating: 0, rows: 6, columns: 4)
        for row in 0..<6 { (targets[row, row % 4], targets[row, (row + 2) % 4]) = (0.6, 0.4) }
        let contrast = ContrastiveLoss.routerDC(top: 2, weight: 0.7, groups: [0, 1, 0, 1, 0, 2])
        let head: any FrozenHead =
            kind == "linear"
            ? LinearHead(layer: DenseLayer(inputs: 5, outputs: 4), dropout: 0.3)
            : CosineHead(
                projection: DenseLayer(inputs: 5, outputs: 3),
                models: 4,
                loss: kind == "cosine" ? .labels : contrast
            )
        var generator = Xoshiro256(seed: Digest(hashing: "head".utf8))
        var start = head.initialParameters(using: &generator)
        // A gentle scale, so that differences of float32 logits are not all rounding.
        if kind != "linear" { start[start.count - 1] = 0.5 }
        func value(_ parameters: [Float]) -> (loss: Double, gradient: [Float]) {
            var masks = Xoshiro256(seed: Digest(hashing: "dropout".utf8))
            var gradient = [Float](repeating: 0, count: parameters.count)
            let loss = head.lossAndGradient(
                parameters,
                features,
                targets,
                rows: Array(0..<6)[...],
                using: &masks,
                gradient: &gradient
            )
            return (loss, gradient)
        }
        let gradient = value(start).gradient
        let scale = gradient.reduce(0) { max($0, abs($1)) }
        for index in start.indices {
            var (up, down) = (start, start)
            up[index] += 4e-3
            down[index] -= 4e-3
            let slope = (value(up).loss - value(down).loss) / Double(up[index] - down[index])
            #expect(abs(slope - Double(gradient[index])) <= 5e-3 * Double(scale))
        }
    }

    /// Regressions have closed forms: at the weights they return, the slope of what they minimise is nothing.
    ///
    /// The intercept is not penalised, so residuals sum to nothing; without a penalty they are also orthogonal to every
    /// feature.
    @Test(arguments: ["linear", "linearmf"])
    func `a regression's objective is flat at its solution`(_ kind: String) throws {
        let parameters: [String: JSONValue] = kind == "linear" ? ["l2": 0] : ["rank": 3, "alpha": 0]
        let request = TinyTable.request(kind, parameters, modality: .text)
        let rows = request.parts.train
        let found = try RouterFitting.fit(request).predictions(rows, request.table)
        let features = try request.table.textEmbedding().rows(rows).widened()
        for model in 0..<3 {
            var slopes = [Double](repeating: 0, count: features.columns + 1)
            for (place, row) in rows.enumerated() {
                let residual = found.quality[place, model] - request.table.quality[row, model]
                for column in 0..<features.columns { slopes[column] += residual * features[place, column] }
                slopes[features.columns] += residual
            }
            // Three of four directions are kept by `linearmf`: only the intercept is free there.
            #expect(kind == "linearmf" || slopes.allSatisfy { abs($0) < 1e-6 })
            #expect(abs(slopes[features.columns]) < 1e-9)
        }
    }
}
