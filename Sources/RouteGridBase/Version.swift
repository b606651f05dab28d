/// The version of RouteGrid: the one constant that `--version`, hellos and doctor's report use.
package enum Version {
    /// Semantic version of the command and of the files it writes.
    package static let text = "0.1.0"
    /// The name of this build in hellos, for people.
    package static let build = "routegrid \(text)"
}
