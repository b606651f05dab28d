/// The version of RouteGrid.
enum Version {
    /// Semantic version of the command and of the files it writes.
    static let text = "0.1.0"
    /// The name of this build in hellos and run facts.
    static let build = "routegrid \(text)"
}
