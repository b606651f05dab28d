import Foundation
import FoundationXML

/// Reads XML strictly and keeps what tests ask for.
final class MarkupReader: NSObject, XMLParserDelegate {
    private(set) var elements: [String] = []
    private(set) var attributes: [(element: String, name: String, value: String)] = []
    private(set) var failure: String?

    /// - Parameter text: One document.
    init(_ text: String) {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        if !parser.parse() {
            failure = "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "not well-formed")"
        }
    }

    func parser(
        _ parser: XMLParser,
        didStartElement elementName: String,
        namespaceURI: String?,
        qualifiedName qName: String?,
        attributes attributeDict: [String: String]
    ) {
        elements.append(elementName)
        for (name, value) in attributeDict { attributes.append((elementName, name, value)) }
    }

    /// A page without its document type, script and style, which are no XML; entities of HTML are not used.
    static func page(_ text: String) -> String {
        var rest = Substring(text)
        var out = ""
        for name in ["style", "script"] {
            out = ""
            while let start = rest.range(of: "<\(name)"), let open = rest[start.upperBound...].range(of: ">"),
                let end = rest[open.upperBound...].range(of: "</\(name)>")
            {
                out += rest[..<start.lowerBound]
                rest = rest[end.upperBound...]
            }
            rest = Substring(out + rest)
        }
        return String(rest.replacing("<!DOCTYPE html>", with: ""))
    }
}
