import Testing
import Worker

/// What is reported of a slot that ended, from what it wrote.
struct SlotWordsTests {
    private func words(_ text: String) -> SlotErrorSummary { SlotErrorSummary(Array(text.utf8)) }

    @Test func `the line of a failed check is the reason, whatever follows it`() {
        let text = "note\nSwift/Array.swift:400: Fatal error: Index out of range\n*** Backtrace took 4.90s\n"
        #expect(words(text).last == "Swift/Array.swift:400: Fatal error: Index out of range")
    }

    @Test func `the place of a trap is named, with and without words before it`() {
        #expect(words("\ntrapped at routegrid+0x00000000ffffffff\n").last.hasSuffix("routegrid+0xffffffff"))
        let both = words("a: Fatal error: b\n\ntrapped at routegrid+0x00000000ffffffff\n").last
        #expect(both == "a: Fatal error: b, in routegrid+0xffffffff")
        #expect(words("trapped at routegrid+0xnonsense\n").last == "no message")
    }

    @Test func `a log without words is reported as such, and long lines are cut off`() {
        #expect(words("").last == "no message")
        #expect(words(String(repeating: "x", count: 9_000)).last.count == 500)
    }
}
