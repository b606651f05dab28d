/// Ends a training when its score has not grown for a while, and knows which epoch was best.
struct EarlyStopping {
    /// Epochs without a better score before training stops.
    var patience: Int
    /// By how much a score must exceed the best one to be better.
    var minimumGain = 1e-4
    private(set) var best = -Double.infinity
    private var waited = 0

    init(patience: Int) { self.patience = patience }

    enum Verdict { case better, worse, stop }

    /// Takes the score of one more epoch.
    mutating func judge(_ score: Double) -> Verdict {
        if score > best + minimumGain || best == -.infinity {
            best = score
            waited = 0
            return .better
        }
        waited += 1
        return waited >= patience ? .stop : .worse
    }
}
