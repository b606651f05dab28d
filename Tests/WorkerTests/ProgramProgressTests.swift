import Testing

@testable import Worker

struct ProgramProgressTests {
    @Test(
        arguments: [
            ("progress 30/100 loss 0.2", "30/100 loss 0.2"), ("progress 0/1", "0/1"), ("progress 7/7 a\u{1B}[31m", nil),
            ("progress 2/1", nil), ("progress -1/5", nil), ("progress 1/0", nil), ("progress 1/2/3", nil),
            ("progress", nil), ("progress x/y", nil), (" progress 1/2", nil), ("Progress 1/2", nil),
            ("progress 1 / 2", nil),
        ] as [(String, String?)]
    )
    func `a line has one form`(line: String, shown: String?) {
        let found = ProgramProgress(line: line[...])?.description
        // What a terminal would obey is not shown as it is.
        if line.contains("\u{1B}") { return #expect(found?.contains("\u{1B}") == false) }
        #expect(found == shown)
    }

    @Test func `the last whole line counts`() {
        let text = "loading\nprogress 1/9 a\nprogress 2/9 b\nnoise\nprogress 3/9"
        #expect(ProgramProgress.last(in: Array(text.utf8))?.description == "2/9 b")
        #expect(ProgramProgress.last(in: Array("progress 1/2".utf8)) == nil)
        #expect(ProgramProgress.last(in: []) == nil)
    }
}
