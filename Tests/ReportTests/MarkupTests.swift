import Testing

@testable import Report

@Suite struct MarkupTests {
    @Test func `nothing in a text becomes an element, an attribute or a direction`() {
        let hostile = "<script>alert('x')</script>\" onload=\"x & \u{202E}abc\u{1B}[31m\nnext"
        let text = Markup.text(hostile)
        #expect(!text.contains("<") && !text.contains("\"") && !text.contains("'") && !text.contains("\n"))
        #expect(!text.unicodeScalars.contains("\u{202E}") && !text.unicodeScalars.contains("\u{1B}"))
        #expect(text.contains("&lt;script&gt;") && text.contains("&quot;") && text.contains("&amp;"))
    }
}
