import RouteGridBase

/// A coordinator's answer as pages may show it: what names and reasons hold is seen and cannot act.
///
/// JSON and the page's script keep any text from becoming markup; this keeps it from reversing its line or hiding.
enum ShownText {
    /// Logs keep their lines; every other text is one.
    static func safe(_ value: JSONValue, isLog: Bool = false) -> JSONValue {
        switch value {
        case .string(let text):
            guard isLog else { return .string(SafeText.line(text)) }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            return .string(lines.map { SafeText.line(String($0)) }.joined(separator: "\n"))
        case .array(let items): return .array(items.map { safe($0) })
        case .object(let members):
            let shown = members.map { (SafeText.line($0.key), safe($0.value, isLog: $0.key == "log")) }
            return .object(Dictionary(shown, uniquingKeysWith: { first, _ in first }))
        default: return value
        }
    }
}
