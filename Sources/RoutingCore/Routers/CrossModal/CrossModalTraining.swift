import RouteGridBase
import RoutingData

/// A cross-modal transformer in training.
struct CrossModalTraining {
    private(set) var parameters: [Float]
    private var gradient: [Float]
    private var optimiser: Adam
    private let pass: CrossModalPass
    private var quality: [Float]
    private var cost: [Float]

    init(_ shape: CrossModalShape, parameters: [Float], batch: Int, rate: Double, weightDecay: Double) {
        self.parameters = parameters
        gradient = [Float](repeating: 0, count: shape.parameterCount)
        optimiser = Adam(parameterCount: shape.parameterCount, rate: rate, decay: .decoupled(Float(weightDecay)))
        pass = CrossModalPass(shape, capacity: batch)
        quality = [Float](repeating: 0, count: batch * shape.models)
        cost = quality
    }

    /// Embeddings and targets of all train rows, aligned.
    struct Examples {
        var text: Matrix<Float>
        var image: Matrix<Float>
        /// `[rows, models]`, NaN where missing.
        var quality: Matrix<Float>
        var cost: Matrix<Float>
    }

    /// Masked squared error of quality plus that of cost on some rows, and its gradient by the parameters.
    mutating func lossAndGradient(
        _ rows: ArraySlice<Int>,
        of examples: Examples,
        dropout: Double,
        using generator: inout Xoshiro256
    ) -> (loss: Double, gradient: [Float]) {
        let loss = propagate(rows, examples, dropout, &generator)
        return (loss, gradient)
    }

    /// One step on some rows; returns the loss before it.
    @discardableResult
    mutating func step(
        _ rows: ArraySlice<Int>,
        of examples: Examples,
        dropout: Double,
        using generator: inout Xoshiro256
    ) -> Double {
        let loss = propagate(rows, examples, dropout, &generator)
        optimiser.step(&parameters, gradient: gradient)
        return loss
    }

    private mutating func propagate(
        _ rows: ArraySlice<Int>,
        _ examples: Examples,
        _ dropout: Double,
        _ generator: inout Xoshiro256
    ) -> Double {
        let (samples, drops) = (rows.count, dropout > 0)
        gather(rows, examples.text, into: pass.text)
        gather(rows, examples.image, into: pass.image)
        quality.withUnsafeMutableBufferPointer {
            if let base = $0.baseAddress { gather(rows, examples.quality, into: base) }
        }
        cost.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { gather(rows, examples.cost, into: base) } }
        if drops { pass.drop(dropout, samples: samples, using: &generator) }
        pass.forward(parameters, samples: samples, drops: drops)
        let count = samples * pass.shape.models
        var loss = 0.0
        loss += Loss.squaredError(pass.quality, quality, count: count, gradient: pass.qualityGradient)
        loss += Loss.squaredError(pass.cost, cost, count: count, gradient: pass.costGradient)
        pass.backward(parameters, samples: samples, drops: drops, gradient: &gradient)
        return loss
    }
}
