/// The arithmetic that a slot process is started for.
///
/// OpenBLAS selects its kernels when it is loaded, from its environment: a process has one kind from start to end.
package enum NumericsKind: String, Hashable, Sendable, CaseIterable {
    /// A kernel family that every x86-64-v3 machine has: the same bits on all of them.
    case portable
    /// The fastest kernels of this machine.
    case native

    /// The kernel family that `portable` pins, in OpenBLAS's spelling.
    package static let portableCore = "Haswell"

    /// What is added to a worker's environment for its slots.
    package func environment(_ inherited: [String: String]) -> [String: String] {
        var environment = inherited
        environment["OPENBLAS_NUM_THREADS"] = "1"
        environment["OMP_NUM_THREADS"] = "1"
        environment["OPENBLAS_CORETYPE"] = self == .portable ? NumericsKind.portableCore : nil
        return environment
    }
}
