import Foundation

/// Losses of a batch, each giving its value and its gradient by the outputs.
enum Loss {
    /// Σ mask (p − y)² ÷ Σ mask, where a NaN target is masked.
    ///
    /// p are the outputs, y the targets; the gradient receives 2 mask (p − y) ÷ Σ mask.
    /// - Returns: the loss; 0 when everything is masked.
    static func squaredError(
        _ outputs: UnsafePointer<Float>,
        _ targets: UnsafePointer<Float>,
        count: Int,
        gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        var known = 0
        for index in 0..<count where !targets[index].isNaN { known += 1 }
        let weight = 2 / Float(max(known, 1))
        var sum = 0.0
        for index in 0..<count {
            let error = targets[index].isNaN ? 0 : outputs[index] - targets[index]
            sum += Double(error * error)
            gradient[index] = weight * error
        }
        return sum / Double(max(known, 1))
    }

    /// −(1/rows) Σ_i Σ_j t_ij log softmax(z_i)_j.
    ///
    /// z are the logits and t the targets, both `[rows, columns]`, each row of t summing to 1; the gradient receives
    /// (softmax(z) − t) ÷ rows.
    /// - Returns: the loss.
    static func crossEntropy(
        _ logits: UnsafePointer<Float>,
        _ targets: UnsafePointer<Float>,
        rows: Int,
        columns: Int,
        gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        var loss = 0.0
        for row in 0..<rows {
            let (z, t, g) = (logits + row * columns, targets + row * columns, gradient + row * columns)
            var greatest = z[0]
            for column in 1..<max(columns, 1) { greatest = max(greatest, z[column]) }
            var (total, fit): (Float, Float) = (0, 0)
            for column in 0..<columns {
                g[column] = exp(z[column] - greatest)
                total += g[column]
                fit += t[column] * (z[column] - greatest)
            }
            for column in 0..<columns { g[column] = (g[column] / total - t[column]) / Float(rows) }
            loss += Double(log(total) - fit)
        }
        return loss / Double(max(rows, 1))
    }
}
