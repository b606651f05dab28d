import Foundation
import RouteGridBase
import RoutingData

/// Cosines of a projected query to one learned vector a model, times a learned scale.
///
/// With z = x Wᵀ + b, u = z/|z| and model vectors m_k = v_k/|v_k|: logit_k = exp(s) <u, m_k>, s starting at
/// log(1/0.07). Parameters are W, b, the v_k row by row, and s.
struct CosineHead: FrozenHead {
    let projection: DenseLayer
    let models: Int
    let loss: ContrastiveLoss

    private var vectors: Int { projection.parameterCount }
    private var width: Int { projection.outputs }
    var parameterCount: Int { vectors + models * width + 1 }

    func initialParameters(using generator: inout Xoshiro256) -> [Float] {
        InitialWeights.dense(inputs: projection.inputs, outputs: width, using: &generator)
            + InitialWeights.normal(models * width, deviation: 1, using: &generator) + [Float(log(1 / 0.07))]
    }

    /// Rows at unit length and their lengths.
    private func units(_ values: Matrix<Float>) -> (units: Matrix<Float>, lengths: [Float]) {
        let lengths = values.rowLengths().map { max(Float($0), 1e-12) }
        var units = values
        for row in 0..<values.rows {
            for column in 0..<values.columns { units.elements[row * values.columns + column] /= lengths[row] }
        }
        return (units, lengths)
    }

    private func modelVectors(_ parameters: [Float]) -> Matrix<Float> {
        Matrix(rows: models, columns: width, elements: Array(parameters[vectors..<vectors + models * width]))
    }

    func scores(_ parameters: [Float], _ features: Matrix<Float>) -> Matrix<Double> {
        let queries = units(projection(parameters[..<vectors], features)).units
        var cosines = queries.widened().multiplied(by: units(modelVectors(parameters)).units.widened(), .transposed)
        let scale = exp(Double(parameters[parameterCount - 1]))
        for index in cosines.elements.indices { cosines.elements[index] *= scale }
        return cosines
    }

    func lossAndGradient(
        _ parameters: [Float],
        _ features: Matrix<Float>,
        _ targets: Matrix<Float>,
        rows: ArraySlice<Int>,
        using generator: inout Xoshiro256,
        gradient: inout [Float]
    ) -> Double {
        let (queries, lengths) = units(projection(parameters[..<vectors], features))
        let (directions, sizes) = units(modelVectors(parameters))
        let (u, m) = (queries.widened(), directions.widened())
        let scale = exp(Double(parameters[parameterCount - 1]))
        var logits = u.multiplied(by: m, .transposed)
        for index in logits.elements.indices { logits.elements[index] *= scale }
        var delta = Matrix<Double>(repeating: 0, rows: logits.rows, columns: models)
        let value = loss(logits, targets, rows: rows, gradient: &delta)
        var slope = 0.0
        for index in delta.elements.indices {
            slope += delta.elements[index] * logits.elements[index]
            delta.elements[index] *= scale
        }
        gradient[parameterCount - 1] = Float(slope)
        let byVectors = tangent(delta.multiplied(.transposed, by: u), m, sizes)
        gradient.replaceSubrange(vectors..<vectors + models * width, with: byVectors.elements)
        projection.backward(tangent(delta.multiplied(by: m), u, lengths), features, into: &gradient, at: 0)
        return value
    }

    /// From the gradient by unit rows to that by the rows themselves: (d − u <u, d>) ÷ length.
    private func tangent(_ delta: Matrix<Double>, _ units: Matrix<Double>, _ lengths: [Float]) -> Matrix<Float> {
        var result = Matrix<Float>(repeating: 0, rows: delta.rows, columns: delta.columns)
        for row in 0..<delta.rows {
            var along = 0.0
            for column in 0..<delta.columns { along += delta[row, column] * units[row, column] }
            for column in 0..<delta.columns {
                result[row, column] = Float((delta[row, column] - units[row, column] * along) / Double(lengths[row]))
            }
        }
        return result
    }
}
