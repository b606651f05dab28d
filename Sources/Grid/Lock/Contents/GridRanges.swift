/// The values that the numbers of a grid may have: the same in a grid file, in a lock and in what a client asks for.
package enum GridRanges {
    // MARK: Settings

    package static let seed = 0...Int(UInt32.max)
    package static let bootstrap = 0...1_000_000
    package static let alpha = 0.000_1...0.5
    package static let margin = 0.0...1.0
    /// Cells that a grid may be allowed.
    package static let cells = 1...1 << 62
    /// A year.
    package static let milliseconds = 1...86_400_000 * 365
    package static let memoryBytes = 1 << 20...1 << 50
    package static let retries = 0...1_000
    package static let crashLimit = 1...1_000
    package static let failures = 0...1 << 62
    package static let percent = 0.0...100.0
    package static let cpus = 1...4_096
    package static let gpus = 0...4_096
    package static let priority = -1_000_000...1_000_000

    // MARK: Latency

    package static let queries = 1...10_000
    package static let warmup = 0...10_000
    package static let repeats = 1...100
    package static let batch = 1...10_000

    // MARK: Data

    package static let sampleCount = 1...1 << 40
    package static let blobBytes = 0...1 << 50

    // MARK: Sizes

    /// Bytes of a grid file: long lists of numbers are written as functions.
    package static let fileBytes = 1 << 20
    /// Nodes that a grid file may unfold to where it has aliases.
    package static let fileNodes = 2_000_000
    /// More values than this in one axis are a mistake.
    package static let axisValues = 1_000_000
    /// Values of all parameters of all routers of a grid file.
    package static let parameterValues = 200_000
    /// Axes whose values are combined or checked one by one.
    package static let datasets = 1_000
    package static let encoders = 1_000
    package static let splits = 10_000
    package static let fusions = 10_000
    package static let budgets = 100_000
    package static let blocks = 10_000
    /// Tables with pairs of encoders that are checked one by one.
    package static let embeddings = 100_000
    /// Outcomes of all tables of a grid, which are hashed: 2 GB each of quality and cost.
    package static let outcomes = 250_000_000
    /// Rows of all splits of a grid that are put in order to see whether a part is empty.
    package static let checkedRows = 4_000_000
    /// Bytes that the names of one pool may have: every key of a cell holds them.
    package static let poolBytes = 1 << 20
    /// Bytes that the keys of one group may have together: they are made at one go.
    package static let groupBytes = 256 << 20
    /// Steps that reading a lock may take besides those that grow with its bytes.
    package static let lockSteps = 20_000_000
    /// Bytes that the names of all tables, once for each pair of encoders, may have: a grid keeps them ready for its
    /// keys.
    package static let templateBytes = 64 << 20
}
