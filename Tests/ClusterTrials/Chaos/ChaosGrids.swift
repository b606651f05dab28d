/// The grids of a trial.
package enum ChaosGrids {
    /// A grid that no other number has: fits of milliseconds to half a second, records and choices of all sizes, about
    /// ten seconds of one core's work.
    ///
    /// Every second grid selects on dev first, and then reads test for what it selected.
    ///
    /// - Parameters:
    ///   - path: The dataset folder.
    ///   - number: Of the round; splits are drawn from it.
    ///   - splits: 8 for the stated size.
    /// - Returns: The text of the grid file.
    package static func round(dataset path: String, number: Int, splits: Int = 8) -> String {
        let select =
            number.isMultiple(of: 2) ? "" : "select: {metric: nauc_shared, on: dev, per: [dataset, split, router.kind]}"
        return """
            name: round-\(number)
            datasets:
              d: {path: "\(path)"}
            splits: [{kind: random, train: 0.6, dev: 0.2, test: 0.2, seed: \(number + 1), index: "range(0,\(splits))"}]
            modality: [text, both]
            routers:
              - {kind: oracle}
              - {kind: random, trials: 5}
              - {kind: knn, k: [5, 20]}
              - {kind: kmeans, clusters: 10}
              - {kind: linear, l2: [0, 0.1]}
              - {kind: linearmf, rank: 16}
              - {kind: mlp, epochs: 10}
            seeds: [0, 1, 2]
            budgets: {rule: threshold, at: [exact, 0.25x, 0.5x, 1x]}
            statistics: {bootstrap: 100, alpha: 0.05, cluster: sample, seed: 1}
            limits: {fit_timeout: 2m, cell_timeout: 1m, retries: 20, crash_limit: 1000, max_fails: 100%}
            \(select)
            """
    }
}
