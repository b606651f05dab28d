import Catalog
import RoutingData

/// The matrix products of a perceptron's fit and nothing else: what a training loop is measured against.
///
/// Each step runs one sgemm a layer forward, and backward one for the weights and, past the first layer, one for the
/// inputs; the same routine, shapes and order as the fit's, on buffers of the same size.
package struct NetworkProducts {
    private let shape: PerceptronShape
    private let rows: Int
    private let batch: Int
    private let passes: Int

    /// Nil for a router that trains no perceptron on a fixed number of epochs.
    package init?(_ request: FitRequest) {
        guard let map = try? FeatureMap(request), let parameters = Optional(TypedParameters(request.router)),
            let schedule = try? TrainingSchedule(parameters), let hidden = try? parameters.integers("hidden")
        else { return nil }
        let outputs = request.table.models.count
        switch request.router.kind {
        case "mlp": shape = PerceptronShape(inputs: map.width, hidden: hidden, outputs: outputs)
        case "mlpmf":
            guard let latent = try? parameters.integer("latent") else { return nil }
            shape = PerceptronShape(inputs: map.width, hidden: hidden + [latent], outputs: outputs)
        default: return nil
        }
        rows = request.parts.train.count
        batch = min(schedule.batch, rows)
        // Two networks: one for quality, one for cost.
        passes = 2 * schedule.epochs
    }

    /// Runs the products of the whole fit.
    ///
    /// - Returns: the number of multiplications and additions.
    package func run() -> Int {
        OpenBLAS.prepare()
        let buffers = FloatBuffers()
        let weights = shape.widths.indices.dropLast().map { buffers.make(shape.widths[$0] * shape.widths[$0 + 1]) }
        let gradients = shape.widths.indices.dropLast().map { buffers.make(shape.widths[$0] * shape.widths[$0 + 1]) }
        let values = shape.widths.map { buffers.make(batch * $0) }
        var operations = 0
        for _ in 0..<passes {
            for start in stride(from: 0, to: rows, by: batch) {
                let count = min(batch, rows - start)
                operations += step(count, weights, gradients, values)
            }
        }
        return operations
    }

    private func step(
        _ count: Int,
        _ weights: [UnsafeMutablePointer<Float>],
        _ gradients: [UnsafeMutablePointer<Float>],
        _ values: [UnsafeMutablePointer<Float>]
    ) -> Int {
        var operations = 0
        func product(
            _ transA: Transposition,
            _ transB: Transposition,
            _ sizes: (rows: Int, columns: Int, inner: Int),
            _ a: UnsafePointer<Float>,
            _ b: UnsafePointer<Float>,
            _ c: UnsafeMutablePointer<Float>
        ) {
            operations += 2 * sizes.rows * sizes.columns * sizes.inner
            gemm(
                transA,
                transB,
                rows: sizes.rows,
                columns: sizes.columns,
                inner: sizes.inner,
                a,
                leadingA: transA == .none ? sizes.inner : sizes.rows,
                b,
                leadingB: transB == .none ? sizes.columns : sizes.inner,
                c,
                leadingC: sizes.columns
            )
        }
        for layer in weights.indices {
            let (inputs, outputs) = (shape.widths[layer], shape.widths[layer + 1])
            product(.none, .transposed, (count, outputs, inputs), values[layer], weights[layer], values[layer + 1])
        }
        for layer in weights.indices.reversed() {
            let (inputs, outputs) = (shape.widths[layer], shape.widths[layer + 1])
            product(.transposed, .none, (outputs, inputs, count), values[layer + 1], values[layer], gradients[layer])
            if layer > 0 {
                product(.none, .none, (count, inputs, outputs), values[layer + 1], weights[layer], values[layer])
            }
        }
        return operations
    }
}
