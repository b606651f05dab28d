import Foundation
import Testing

@Suite struct PurityTests {
    /// A clock, a file or a socket in the scheduler would make simulated histories prove less than they seem to.
    @Test(arguments: ["Scheduling": ["HeapModule", "RouteGridBase"], "Simulation": nil] as [String: [String]?])
    func `what is simulated imports nothing that waits, reads or sends`(target: String, allowed: [String]?) throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/\(target)")
        let enumerator = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        let files = enumerator.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
        #expect(files.count > 10)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /(?m)^(?:package |@testable )?import (\w+)/) {
                let module = String(match.1)
                if let allowed {
                    #expect(allowed.contains(module), "\(file.lastPathComponent) imports \(module)")
                } else {
                    #expect(!["Coordinator", "Grid", "Wire", "ZeroMQ", "GRDB"].contains(module), "\(module)")
                }
            }
        }
    }
}
