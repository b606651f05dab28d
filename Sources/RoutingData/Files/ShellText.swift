/// Names of files in commands that a message suggests.
package enum ShellText {
    /// The word as a shell reads it.
    package static func quoted(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-/+@".contains($0)) }
        return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }

    /// The path with another ending.
    static func renamed(_ path: String, _ ending: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "\(path).\(ending)" }
        return path.dropLast(name.distance(from: dot, to: name.endIndex)) + ".\(ending)"
    }
}
