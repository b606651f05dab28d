/// Grid files of the tests.
enum Grids {
    /// Every router of the first catalog, two splits, curves and listed budgets.
    static let all = """
        schema: routegrid/grid/v1
        name: all
        datasets:
          small: {path: data}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1, index: [0, 1]}]
        modality: [both, text]
        fusion: [mean, concat]
        routers:
          - {kind: oracle}
          - {kind: best-single}
          - {kind: cheapest}
          - {kind: random, trials: 5}
          - {kind: random-mix}
          - {kind: knn, k: [5, 9]}
          - {kind: kmeans, clusters: 4}
          - {kind: linear, l2: [0, 0.5]}
          - {kind: linearmf, rank: 3}
        seeds: [0, 1]
        budgets: {rule: threshold, at: [exact, 0.5x, 1x]}
        """

    /// Many cheap cells.
    static func many(splits: Int) -> String {
        """
        name: many
        datasets:
          small: {path: data}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1, index: "range(0,\(splits))"}]
        modality: [text]
        routers:
          - {kind: knn, k: [3, 5, 7]}
          - {kind: linear}
        budgets: {rule: threshold, at: [exact, 0.5x, 1x]}
        """
    }
}
