import RouteGridBase

/// Texts that programs write where a number is missing: none is taken for that unless it is said.
enum MissingText {
    private static let usual: Set = ["nan", "na", "n/a", "#n/a", "null", "none", "nil", "<na>", "missing", "-", "--"]

    static func isUsual(_ text: String) -> Bool { usual.contains(text.lowercased()) }

    static func advice(_ text: String) -> String {
        "--missing \(ShellText.quoted(text)) reads it as a missing value"
    }
}
