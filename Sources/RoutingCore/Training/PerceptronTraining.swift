import RouteGridBase
import RoutingData

/// How long and in what steps a network trains.
struct TrainingSchedule: Sendable {
    var epochs: Int
    var batch: Int
    var rate: Double

    init(epochs: Int, batch: Int, rate: Double) {
        (self.epochs, self.batch, self.rate) = (epochs, batch, rate)
    }

    /// Reads `epochs`, `batch` and `lr`.
    init(_ parameters: TypedParameters) throws(RouteGridError) {
        self.init(
            epochs: try parameters.integer("epochs"),
            batch: try parameters.integer("batch"),
            rate: try parameters.number("lr")
        )
    }
}

/// A perceptron in training: parameters, optimiser and working memory.
struct PerceptronTraining {
    private(set) var parameters: [Float]
    private var gradient: [Float]
    private var optimiser: Adam
    private let pass: PerceptronPass
    private var targets: [Float]

    init(_ shape: PerceptronShape, parameters: [Float], batch: Int, rate: Double, decay: Adam.Decay = .coupled(0)) {
        self.parameters = parameters
        gradient = [Float](repeating: 0, count: shape.parameterCount)
        optimiser = Adam(parameterCount: shape.parameterCount, rate: rate, decay: decay)
        pass = PerceptronPass(shape, capacity: batch)
        targets = [Float](repeating: 0, count: batch * shape.outputs)
    }

    /// What a loss looks like: outputs, targets, rows, columns, and the gradient to fill.
    typealias LossFunction = (
        _ outputs: UnsafePointer<Float>, _ targets: UnsafePointer<Float>, _ rows: Int, _ columns: Int,
        _ gradient: UnsafeMutablePointer<Float>
    ) -> Double

    /// The loss on some rows and its gradient by the parameters.
    mutating func lossAndGradient(
        _ rows: ArraySlice<Int>,
        features: Matrix<Float>,
        targets all: Matrix<Float>,
        loss: LossFunction
    ) -> (loss: Double, gradient: [Float]) {
        let value = propagate(rows, features, all, loss)
        return (value, gradient)
    }

    /// One step on some rows; returns the loss before it.
    @discardableResult
    mutating func step(
        _ rows: ArraySlice<Int>,
        features: Matrix<Float>,
        targets all: Matrix<Float>,
        loss: LossFunction
    ) -> Double {
        let value = propagate(rows, features, all, loss)
        optimiser.step(&parameters, gradient: gradient)
        return value
    }

    private mutating func propagate(
        _ rows: ArraySlice<Int>,
        _ features: Matrix<Float>,
        _ all: Matrix<Float>,
        _ loss: LossFunction
    ) -> Double {
        let (width, outputs) = (features.columns, all.columns)
        gather(rows, features, into: pass.input)
        targets.withUnsafeMutableBufferPointer { targets in
            if let base = targets.baseAddress { gather(rows, all, into: base) }
        }
        precondition(width == pass.shape.inputs && outputs == pass.shape.outputs, "a batch of another shape")
        pass.forward(parameters, rows: rows.count)
        let value = targets.withUnsafeBufferPointer { targets in
            targets.baseAddress.map { loss(pass.output, $0, rows.count, outputs, pass.outputGradient) } ?? 0
        }
        pass.backward(parameters, rows: rows.count, gradient: &gradient)
        return value
    }

    /// All epochs of a schedule on all rows, the order drawn anew each epoch.
    mutating func run(
        _ schedule: TrainingSchedule,
        features: Matrix<Float>,
        targets: Matrix<Float>,
        using generator: inout Xoshiro256,
        loss: LossFunction
    ) {
        var order = Array(0..<features.rows)
        for _ in 0..<schedule.epochs {
            generator.shuffle(&order)
            epoch(order, batch: schedule.batch, features: features, targets: targets, loss: loss)
        }
    }

    /// One pass over rows in a given order; returns the mean loss of its rows, each before its step.
    @discardableResult
    mutating func epoch(
        _ order: [Int],
        batch: Int,
        features: Matrix<Float>,
        targets: Matrix<Float>,
        loss: LossFunction
    ) -> Double {
        var total = 0.0
        for start in stride(from: 0, to: order.count, by: batch) {
            let rows = order[start..<min(start + batch, order.count)]
            total += Double(rows.count) * step(rows, features: features, targets: targets, loss: loss)
        }
        return total / Double(max(order.count, 1))
    }
}

/// Copies rows one after the other.
func gather(_ rows: ArraySlice<Int>, _ matrix: Matrix<Float>, into target: UnsafeMutablePointer<Float>) {
    let width = matrix.columns
    matrix.elements.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        for (place, row) in rows.enumerated() {
            (target + place * width).update(from: base + row * width, count: width)
        }
    }
}
