/// Histories of a cluster that never was: the real scheduler among simulated workers, network, disk and faults.
package enum Simulation {}
