/// What a column of a long file may say: the names that `--map` takes.
package enum LongField: String, CaseIterable, Sendable {
    /// The text that was asked.
    case query
    case model
    /// Correctness, 0…1 after ``LongForm/scale``.
    case score
    /// In the dataset's cost unit.
    case cost
    case tokensIn = "tokens_in"
    case tokensOut = "tokens_out"
    /// Seconds of an answer.
    case latency
    /// Which of several answers of one model to one query.
    case trial
    case dataset
    case group
    /// What joins the rows of one query; without it, its text does.
    case id
    case image
    /// The model that answered, where it may be another than the one that was asked.
    case served
}
