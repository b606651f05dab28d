import RouteGridBase
import Testing

struct SafeNameTests {
    @Test(arguments: [
        "gpt-5", "meta-llama/Llama-3.1-8B:free", "模型 七", "نموذج", "Modèle n° 7", "👩‍🔬", "می‌خواهم", "a b", "-rf", "=1+1",
        "<b>",
    ])
    func `letters, spaces and signs of every language are names`(name: String) {
        #expect(SafeText.refusal(ofName: name) == nil)
    }

    @Test(arguments: [
        ("", "is empty"), ("a\nb", "U+000A"), ("a\tb", "U+0009"), ("a\0b", "U+0000"), ("\u{1B}[2J", "U+001B"),
        ("a\u{7F}", "U+007F"), ("a\u{9B}31m", "U+009B"), ("gpt\u{202E}5", "U+202E"), ("\u{2066}x", "U+2066"),
        ("a\u{2028}b", "U+2028"), ("a\u{200B}", "U+200B"), ("\u{FEFF}a", "U+FEFF"), ("x\u{E0041}", "U+E0041"),
    ])
    func `what cannot be seen or changes its neighbours is in no name`(name: String, why: String) {
        #expect(SafeText.refusal(ofName: name)?.contains(why) == true)
    }

    @Test func `a name has its limit`() {
        #expect(SafeText.refusal(ofName: String(repeating: "x", count: 400)) == nil)
        #expect(SafeText.refusal(ofName: String(repeating: "ü", count: 201))?.contains("402 bytes") == true)
    }
}
