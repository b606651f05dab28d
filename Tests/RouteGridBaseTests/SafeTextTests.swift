import RouteGridBase
import Testing

struct SafeTextTests {
    @Test(arguments: [
        ("gpt-4o_mini (2)", "gpt-4o_mini (2)"),
        ("a\u{1B}[31mb", "a␛[31mb"),
        ("two\r\nlines\t\u{0}\u{7F}", "two␍␊lines␉␀␡"),
        ("abc\u{202E}cba", "abc\\u{202E}cba"),
        ("a\u{85}b\u{9B}c\u{2028}d\u{FEFF}e\u{E000}", "a\\u{85}b\\u{9B}c\\u{2028}d\\u{FEFF}e\\u{E000}"),
        ("Grüße, 模型, नमस्ते", "Grüße, 模型, नमस्ते"),
        ("e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", "e\u{301}\u{301}\u{301}\u{301}"),
    ])
    func `a line shows everything and obeys nothing`(text: String, shown: String) {
        #expect(SafeText.line(text) == shown)
    }

    @Test(arguments: [
        ("gpt_4o|<script>alert(1)</script>", "gpt_4o\\|&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[x](javascript:y) *b* `c` _d_", "\\[x\\](javascript:y) \\*b\\* \\`c\\` \\_d\\_"),
        ("a\n# b & c\\", "a␊# b &amp; c\\\\"),
    ])
    func `Markdown of a name is the name`(text: String, shown: String) {
        #expect(SafeText.markdown(text) == shown)
    }

    @Test(arguments: [
        ("=1+2", "'=1+2"), ("+cmd", "'+cmd"), ("-x", "'-x"), ("@SUM(A1)", "'@SUM(A1)"), ("-0.5", "-0.5"),
        ("+1e3", "+1e3"),
        ("a=b", "a=b"), ("", ""), ("\t=1", "␉=1"), ("＝1", "'＝1"),
    ])
    func `a CSV field is no formula and a number stays one`(text: String, field: String) {
        #expect(SafeText.csvField(text) == field)
    }

    @Test func `a file name stays in its folder, is not hidden and is one of its own`() {
        #expect(SafeText.fileName("sound@openblas-0.3.21/haswell/x86_64") == "sound@openblas-0.3.21_haswell_x86_64")
        for text in ["../../etc/passwd", "..", ".", "", "-rf", ".hidden", "a\nb", "a\u{0}b", "模型", "con:", "a b"] {
            let name = SafeText.fileName(text)
            #expect(!name.isEmpty && !name.hasPrefix(".") && !name.hasPrefix("-"), "\(name)")
            #expect(name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }, "\(name)")
        }
        let long = String(repeating: "a", count: 5_000)
        #expect(SafeText.fileName(long).utf8.count <= 120)
        #expect(SafeText.fileName(long) != SafeText.fileName(long + "b"))
        #expect(SafeText.fileName("a b") != SafeText.fileName("a:b"))
    }

    @Test(arguments: [
        ("anthropic/claude-sonnet", 11, "anthr…onnet"), ("short", 5, "short"), ("shorter", 1, "…"), ("shorter", 0, ""),
        ("模型模型", 5, "模…型"), ("模型", 4, "模型"),
    ])
    func `a text is shortened in its middle to a width in columns`(text: String, width: Int, shown: String) {
        #expect(SafeText.shortened(text, to: width) == shown)
        #expect(SafeText.width(SafeText.shortened(text, to: width)) <= width)
    }

    @Test func `widths are those of a terminal`() {
        #expect(SafeText.width("abc") == 3)
        #expect(SafeText.width("模型") == 4)
        #expect(SafeText.width("e\u{301}é–…·") == 5)
        #expect(SafeText.width("👍🏽") == 2)
    }
}
