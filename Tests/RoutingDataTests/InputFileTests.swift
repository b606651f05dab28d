import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// What is no regular file of a fair size is refused at once, wherever it is named.
struct InputFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func refusal(_ path: String) -> String { message { _ = try FileBytes.read(path) } }

    @Test func `a pipe nobody writes to is refused and not waited for`() throws {
        let path = folder.path("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let began = ContinuousClock.now
        #expect(refusal(path) == "\(path): a pipe: expected a regular file; write the data to a file first")
        let importer = CSVImporter(outcomes: path, labels: ImportLabels(name: "mine"))
        #expect(message { _ = try importer.read() }.contains("a pipe: expected a regular file"))
        #expect(message { _ = try NumpyArray(file: path) }.contains("a pipe"))
        #expect(message { _ = try Safetensors(file: path) }.contains("a pipe"))
        #expect(ContinuousClock.now - began < .seconds(2))
    }

    @Test(arguments: ["/dev/zero", "/dev/null", "/dev/urandom"])
    func `a device is refused`(path: String) {
        #expect(refusal(path) == "\(path): a device: expected a regular file; write the data to a file first")
    }

    @Test func `a folder, an absent file and a name with a NUL are refused`() {
        #expect(refusal(folder.path).hasSuffix("expected a file, found a folder"))
        #expect(refusal(folder.path("none")).hasSuffix("no such file or folder"))
        #expect(refusal("a\0b").contains("a file name cannot hold a NUL"))
    }

    @Test(arguments: [1 << 40, 200 << 20])
    func `a file of holes is refused without reading it`(size: Int) throws {
        let path = try folder.write("sample_id,m_correct,m_cost\nx,1,1\n", to: "sparse.csv")
        #expect(truncate(path, off_t(size)) == 0)
        let began = ContinuousClock.now
        let found = refusal(path)
        #expect(found.contains("nearly all of them holes") || found.contains("expected at most"), "\(found)")
        #expect(ContinuousClock.now - began < .seconds(1))
    }

    @Test func `a limit counts bytes`() throws {
        let path = try folder.write("12345", to: "five")
        #expect(try FileBytes.read(path, limit: 5) == Array("12345".utf8))
        #expect(message { _ = try FileBytes.read(path, limit: 4) } == "\(path): 5 bytes: expected at most 4")
        // Files of the kernel say that they have no size.
        #expect(try FileBytes.read("/proc/self/stat").count > 10)
    }
}
