import Foundation
import RouteGridBase

/// First weights of a network, drawn as torch's layers draw theirs (the distributions, not its numbers).
enum InitialWeights {
    /// Uniform in ±bound.
    static func uniform(_ count: Int, bound: Double, using generator: inout Xoshiro256) -> [Float] {
        (0..<count).map { _ in Float((2 * generator.uniform() - 1) * bound) }
    }

    /// A dense layer's weights `[outputs, inputs]` followed by its biases, uniform in ±1/√inputs.
    static func dense(inputs: Int, outputs: Int, using generator: inout Xoshiro256) -> [Float] {
        let bound = 1 / Double(max(inputs, 1)).squareRoot()
        return uniform(outputs * inputs + outputs, bound: bound, using: &generator)
    }

    /// Normal with mean 0 (Box–Muller).
    static func normal(_ count: Int, deviation: Double, using generator: inout Xoshiro256) -> [Float] {
        (0..<count).map { _ in
            let radius = (-2 * log(1 - generator.uniform())).squareRoot()
            return Float(deviation * radius * cos(2 * .pi * generator.uniform()))
        }
    }
}
