/// Who a row of a table is: what splits, slices and resamples go by.
package struct Sample: Hashable, Sendable {
    package var id: String
    package var dataset: String
    package var group: String

    package init(id: String, dataset: String, group: String) {
        self.id = id
        self.dataset = dataset
        self.group = group
    }
}

/// What the core works on: measured outcomes of a pool of models, and the embeddings of one encoder pair.
///
/// Rows are samples, columns are models in code-point order of their names. A missing cell is NaN in `quality` and in
/// `cost`.
package struct OutcomeTable: Sendable {
    package var models: [String]
    package var samples: [Sample]
    /// `[samples, models]`, 0…1 or NaN.
    package var quality: Matrix<Double>
    /// `[samples, models]`, in the dataset's cost unit, or NaN.
    package var cost: Matrix<Double>
    /// `[samples, text width]`, or nil when the dataset or the request has none.
    package var text: Matrix<Float>?
    /// `[samples, image width]`, or nil when the dataset or the request has none.
    package var image: Matrix<Float>?

    package init(
        models: [String],
        samples: [Sample],
        quality: Matrix<Double>,
        cost: Matrix<Double>,
        text: Matrix<Float>? = nil,
        image: Matrix<Float>? = nil
    ) {
        self.models = models
        self.samples = samples
        self.quality = quality
        self.cost = cost
        self.text = text
        self.image = image
    }
}
