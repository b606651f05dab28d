import Simulation
import Testing

struct DeterminismTests {
    @Test(arguments: [1, 2, 3, 44, 99] as [UInt64])
    func `one seed gives one trace, byte for byte`(seed: UInt64) {
        var options = SimulationOptions()
        options.keepsTrace = true
        let first = Simulation.run(seed: seed, options: options)
        let second = Simulation.run(seed: seed, options: options)
        #expect(!first.trace.isEmpty)
        #expect(first.trace == second.trace)
        #expect(first.traceHash == second.traceHash)
        #expect(Simulation.run(seed: seed + 1, options: options).trace != first.trace)
    }

    /// Another process hashes its sets and dictionaries with another seed: their order must not leak into a history.
    @Test func `another process gives the same traces`() async throws {
        let result = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
            for seed in 1...40 as ClosedRange<UInt64> { print("trace \(Simulation.run(seed: seed).traceHash)") }
        }
        let printed = String(decoding: result.standardOutputContent, as: UTF8.self)
        for seed in 1...40 as ClosedRange<UInt64> {
            #expect(printed.contains("trace \(Simulation.run(seed: seed).traceHash)\n"))
        }
    }
}
