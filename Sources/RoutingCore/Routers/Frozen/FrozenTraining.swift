import Foundation
import RouteGridBase
import RoutingData

/// The training loop of heads on frozen features: AdamW in shuffled batches, stopped early by the dev Rank Score.
///
/// With `warmUp` the learning rate rises linearly over the first tenth of the steps and falls linearly to 0, and
/// gradients longer than 1 are cut to length 1.
struct FrozenTraining {
    var schedule: TrainingSchedule
    var weightDecay: Double
    var patience: Int
    var warmUp: Bool

    /// The parameters of the best epoch by `score`, or of the last one without it.
    ///
    /// `features` and `targets` are those of the train rows; `score` judges parameters after an epoch.
    func parameters(
        of head: some FrozenHead,
        features: Matrix<Float>,
        targets: Matrix<Float>,
        streams: RandomStreams,
        score: (([Float]) -> Double)?
    ) -> [Float] {
        var initial = streams.stream("init")
        var shuffle = streams.stream("shuffle")
        var dropout = streams.stream("dropout")
        var parameters = head.initialParameters(using: &initial)
        var gradient = [Float](repeating: 0, count: parameters.count)
        var optimiser = Adam(
            parameterCount: parameters.count,
            rate: schedule.rate,
            decay: .decoupled(Float(weightDecay))
        )
        var order = Array(0..<features.rows)
        let total = schedule.epochs * ((order.count + schedule.batch - 1) / schedule.batch)
        var taken = 0
        var stopping = EarlyStopping(patience: patience)
        var best = parameters
        for _ in 0..<schedule.epochs {
            shuffle.shuffle(&order)
            for start in stride(from: 0, to: order.count, by: schedule.batch) {
                let rows = order[start..<min(start + schedule.batch, order.count)]
                _ = head.lossAndGradient(
                    parameters,
                    features.rows(Array(rows)),
                    targets.rows(Array(rows)),
                    rows: rows,
                    using: &dropout,
                    gradient: &gradient
                )
                if warmUp {
                    cut(&gradient, to: 1)
                    optimiser.rate = Float(schedule.rate * share(of: taken, total))
                }
                optimiser.step(&parameters, gradient: gradient)
                taken += 1
            }
            guard let score else { continue }
            switch stopping.judge(score(parameters)) {
            case .better: best = parameters
            case .worse: continue
            case .stop: return best
            }
        }
        return score == nil ? parameters : best
    }

    /// The share of the learning rate at a step.
    private func share(of step: Int, _ total: Int) -> Double {
        let rise = total / 10
        if step < rise { return Double(step) / Double(rise) }
        return Double(total - step) / Double(max(total - rise, 1))
    }

    private func cut(_ gradient: inout [Float], to length: Double) {
        let found = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard found > length else { return }
        for index in gradient.indices { gradient[index] *= Float(length / found) }
    }
}
