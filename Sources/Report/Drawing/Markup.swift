import RouteGridBase

/// Text from outside as a part of XML or HTML: nothing in it can become an element, an attribute or a direction.
enum Markup {
    /// For contents of elements and for values of attributes in double quotes.
    static func text(_ text: String) -> String {
        var out = ""
        for scalar in SafeText.line(text).unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// An element with attributes in the order given; a nil attribute is left out.
    ///
    /// - Parameters:
    ///   - name: Of the element.
    ///   - attributes: Names and values that are not escaped yet.
    ///   - contents: Markup; nil closes the element at once.
    /// - Returns: Markup.
    static func element(_ name: String, _ attributes: [(String, String?)] = [], _ contents: String? = nil) -> String {
        var out = "<\(name)"
        for (key, value) in attributes {
            if let value { out += " \(key)=\"\(text(value))\"" }
        }
        return contents.map { out + ">\($0)</\(name)>" } ?? out + "/>"
    }
}
