/// How the core serves one kind of router of the catalog.
///
/// It stands in the file of the type that fits the kind; ``RouterFitting`` collects them.
struct RouterKind: Sendable {
    typealias Fit = @Sendable (FitRequest) throws -> any FittedRouter

    /// How a file holds a fit.
    enum File: Sendable {
        /// It is written by the fitted type, which conforms to ``ExportableRouter`` or ``ExportablePolicy``, and is
        /// read back like this.
        case read(@Sendable (FitReader) throws -> any FittedRouter)
        /// No file can hold it, for this reason: the end of "cannot be exported: …".
        case never(because: String)
    }

    /// The name in the catalog.
    let name: String
    let file: File
    let fit: Fit

    init(_ name: String, file: File, fit: @escaping Fit) {
        (self.name, self.file, self.fit) = (name, file, fit)
    }
}
