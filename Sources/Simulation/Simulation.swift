/// Simulated histories of a cluster: the real scheduler among simulated workers, network, disk and faults.
///
/// Everything is drawn from the seed, and time is virtual: the same seed gives the same history, byte for byte.
package enum Simulation {
    /// Simulates one history.
    package static func run(seed: UInt64, options: SimulationOptions = SimulationOptions()) -> SimulationReport {
        World(seed: seed, options: options).play()
    }
}
