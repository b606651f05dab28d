/// Which RouteGrid this is.
enum Version {
    /// Semantic version of the command and of the files it writes.
    static let text = "0.1.0"
    /// What a process calls itself in greetings and run facts.
    static let build = "routegrid \(text)"
}
