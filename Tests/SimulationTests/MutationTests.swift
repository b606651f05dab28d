import Simulation
import Testing

struct MutationTests {
    @Test(arguments: Mutation.allCases)
    func `a fault built into the shell or the store is noticed`(mutation: Mutation) {
        var options = SimulationOptions()
        options.mutation = mutation
        let noticed = (0..<2_000 as Range<UInt64>).first { !Simulation.run(seed: $0, options: options).isGood }
        #expect(noticed != nil, "\(mutation) was not noticed in 2,000 histories")
    }
}
